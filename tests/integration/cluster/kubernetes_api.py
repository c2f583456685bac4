"""A stand-in for the API of a cluster: says which objects are there, and which one may not see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.http_stand_in import JsonHandler, served

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


class Handler(JsonHandler):
    """Answers from `objects` as Kubernetes does (1.30, apimachinery/pkg/api/errors)."""

    objects: Objects

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answer(401, {"kind": "Status", "reason": "Unauthorized"})
        elif self.path in self.objects.hidden:
            self.answer(403, {"kind": "Status", "reason": "Forbidden"})
        elif self.path not in self.objects.paths:
            self.answer(404, {"kind": "Status", "reason": "NotFound"})
        else:
            # Who asks for more than names would be sent the content of Secrets.
            is_api = self.path.startswith("/apis/")
            assert self.headers.get("Accept") == ("application/json" if is_api else METADATA)
            name = self.path.rpartition("/")[2]
            self.answer(200, {"kind": "PartialObjectMetadata", "metadata": {"name": name}})


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
    with served(Handler, objects=objects) as address:
        write_kubeconfig(kubeconfig, address)
        yield address
