"""A stand-in for KFP's API server: the part of v2beta1 that `pass-ops submit` uses.

Runs are executed by KFP's local runner.
"""

from __future__ import annotations

import json
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.http_stand_in import JsonHandler, served
from tests.integration.cluster.kfp_store import RefusedError, Store

API = "/apis/v2beta1/"
Json = dict[str, Any]


class Handler(JsonHandler):
    """Answers requests of `kfp.Client` from `store`."""

    store: Store

    def do_GET(self) -> None:
        self._respond({})

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/"):
            parts = message_from_bytes(
                f"Content-Type: {kind}\r\n\r\n".encode() + content
            ).get_payload()
            self._respond(parts[0].get_payload(decode=True))
        else:
            self._respond(json.loads(content or b"{}"))

    def _respond(self, body: Any) -> None:
        """Answer a request with this `body`."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        try:
            self._admit()
            request = f"{self.command} {url.path.removeprefix(API)}"
            status, answer = 200, self._route(request, query, body)
        except RefusedError as error:
            status, answer = error.status, {"code": 3, "message": error.message}
        self.answer(status, answer)

    def _admit(self) -> None:
        """Refuse a request without the right token, and any while the server is busy."""
        store = self.store
        store.requests.append(f"{self.command} {self.path.partition('?')[0].removeprefix(API)}")
        if store.token and self.headers.get("Authorization") != f"Bearer {store.token}":
            raise RefusedError(401, "Unauthenticated")
        if store.busy:
            store.busy -= 1
            raise RefusedError(503, "no healthy upstream")

    def _route(self, request: str, query: dict[str, str], body: Any) -> Json:
        """Do what a request asks for; returns the answer.

        Args:
            request: method and path.
            query: what follows the path.
            body: JSON, or the uploaded package.
        """
        store = self.store
        match request.replace(" ", "/").replace(":", "/").split("/"):
            case ["GET", "healthz"]:
                return store.health
            case ["GET", "pipelines"]:
                return {"pipelines": _named(store.pipelines.values(), query)}
            case ["POST", "pipelines", "upload"]:
                uploaded = {"pipeline_id": str(uuid.uuid4()), "display_name": query["name"]}
                store.pipelines[uploaded["pipeline_id"]] = uploaded
                store.upload(body, uploaded["pipeline_id"], query["name"])
                return uploaded
            case ["POST", "pipelines", "upload_version"]:
                return store.upload(body, query["pipelineid"], query["name"])
            case ["GET", "pipelines", pipeline, "versions"]:
                versions = store.versions.values()
                own = [version for version in versions if version["pipeline_id"] == pipeline]
                return {"pipeline_versions": _named(own, query)}
            case ["GET", "experiments"]:
                return {"experiments": _named(store.experiments.values(), query)}
            case ["POST", "experiments"]:
                return store.experiments.setdefault(
                    body["display_name"], body | {"experiment_id": str(uuid.uuid4())}
                )
            case ["POST", "runs"]:
                return store.start(body)
            case ["GET", "runs", run]:
                return store.runs[run]
            case ["POST", "runs", run, "terminate"]:
                store.runs[run]["state"] = "CANCELING"
                store.processes[run].kill()
                return {}
            case ["POST", "recurringruns"]:
                return store.schedule(body)
        raise RefusedError(404, f"no {request}")


def _named(items: Any, query: dict[str, str]) -> list[Json]:
    """Those that a request asks for.

    Args:
        items: to choose from.
        query: of the request, whose filter has a display name.
    """
    (predicate,) = json.loads(query["filter"])["predicates"]
    assert (predicate["operation"], predicate["key"]) in (
        (1, "display_name"),
        ("EQUALS", "display_name"),
    )
    return [item for item in items if item["display_name"] == predicate["stringValue"]]


@contextmanager
def kfp_api(
    folder: Path, token: str = "", tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, Store]]:
    """Serve on the loopback interface; yields the address and what the server keeps.

    Args:
        folder: of the server's files.
        token: which clients must have; empty for none.
        tls: certificate and key, to serve https.
    """
    store = Store(folder=folder, token=token)
    with served(Handler, tls=tls, store=store) as address:
        try:
            yield address, store
        finally:
            for process in store.processes.values():
                process.kill()
