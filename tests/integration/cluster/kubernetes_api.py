"""A stand-in for the API of a cluster: says which objects are there, and which one may not see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import yaml

TOKEN = "token-of-a-user"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
CONTEXT = "trial"


@dataclass
class Objects:
    """What is in the cluster, for tests to change.

    Attributes:
        paths: of the objects.
        hidden: of those that the user may not see.
    """

    paths: set[str]
    hidden: set[str] = field(default_factory=set)


class Handler(BaseHTTPRequestHandler):
    """Answers from `objects` as Kubernetes does (1.30, apimachinery/pkg/api/errors)."""

    objects: Objects

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"kind": "Status", "reason": "Unauthorized"})
        elif self.path in self.objects.hidden:
            self._answer(403, {"kind": "Status", "reason": "Forbidden"})
        elif self.path not in self.objects.paths:
            self._answer(404, {"kind": "Status", "reason": "NotFound"})
        else:
            # Who asks for more than names would be sent the content of Secrets.
            is_api = self.path.startswith("/apis/")
            assert self.headers.get("Accept") == ("application/json" if is_api else METADATA)
            name = self.path.rpartition("/")[2]
            self._answer(200, {"kind": "PartialObjectMetadata", "metadata": {"name": name}})

    def _answer(self, status: int, content: object) -> None:
        """Answer a request with this `status` and `content`."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: pytest's output is for the tests."""


def write_kubeconfig(file: Path, server: str, namespace: str = "default") -> None:
    """Write what kubectl would find a cluster by.

    Args:
        file: to write.
        server: address of the cluster's API.
        namespace: where its user looks.
    """
    context = {"cluster": "one", "user": "someone", "namespace": namespace}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": CONTEXT,
        "contexts": [{"name": CONTEXT, "context": context}],
        "clusters": [{"name": "one", "cluster": {"server": server}}],
        "users": [{"name": "someone", "user": {"token": TOKEN}}],
    }
    file.write_text(yaml.safe_dump(content))


@contextmanager
def kubernetes_api(kubeconfig: Path, objects: Objects) -> Iterator[str]:
    """Serve on the loopback interface; yields the address.

    Args:
        kubeconfig: file to write, for clients.
        objects: in the cluster.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"objects": objects}))
    Thread(target=server.serve_forever).start()
    address = f"http://127.0.0.1:{server.server_port}"
    write_kubeconfig(kubeconfig, address)
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
