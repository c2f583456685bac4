"""A stand-in for the Kubernetes API of a cluster with Kubeflow Trainer 2.3.0, over HTTP.

It takes objects strictly by the Trainer's schema, runs a TrainJob's command on this machine, and
tells of it as the Trainer and the kubelet would: the job's conditions, its launcher's pod, its log.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema

from tests.components.trainer.cases import NAME, SCHEMA, own_pod
from tests.http_stand_in import JsonHandler, served
from tests.integration.cluster.kubernetes_api import TOKEN, write_kubeconfig

SCHEMAS = json.loads(SCHEMA.read_text())
SPACE = "runs"
TRAINER = f"/apis/trainer.kubeflow.org/v1alpha1/namespaces/{SPACE}"
CORE = f"/api/v1/namespaces/{SPACE}"
KINDS = {"trainingruntimes": "TrainingRuntime", "trainjobs": "TrainJob"}


@dataclass
class Job:
    """A TrainJob and its process."""

    body: dict[str, Any]
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def follow(self) -> None:
        """Read what it prints, then say how it ended (pkg/runtime/framework/plugins/jobset)."""
        assert self.process.stdout
        for line in self.process.stdout:
            now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}".rstrip("0")
            self.lines.append(f"{now}Z {line}")
        kind = "Failed" if self.process.wait() else "Complete"
        message = "jobset failed due to one or more job failures" if kind == "Failed" else "done"
        condition = {"type": kind, "status": "True", "reason": kind, "message": message}
        self.body["status"] = {"conditions": [condition]}

    def kill(self) -> None:
        """End all of its processes at once, as those of pods whose time is over."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


@dataclass
class Cluster:
    """What is in the cluster, for tests to look at and to change.

    Attributes:
        objects: of the Trainer's, by path.
        jobs: TrainJobs that run, by name.
        created: all objects that were ever made.
        deleted: paths of objects that were removed.
        failures: so many requests are answered by 503 next.
        without: a kind that the cluster does not have.
        broken: so many times a log breaks off after its first line.
    """

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    created: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    failures: int = 0
    without: str = ""
    broken: int = 0

    def start(self, body: dict[str, Any]) -> None:
        """Do as the Trainer does with a new TrainJob whose runtime is there."""
        name, trainer = body["metadata"]["name"], body["spec"]["trainer"]
        assert f"{TRAINER}/trainingruntimes/{body['spec']['runtimeRef']['name']}" in self.objects
        own = {one["name"]: one["value"] for one in trainer["env"]}
        process = subprocess.Popen(
            trainer["command"],
            # All ranks on this machine, which has fewer cores; and no ssh.
            env=os.environ | own | {"OMPI_MCA_rmaps_base_oversubscribe": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.jobs[name] = Job(body, process)
        threading.Thread(target=self.jobs[name].follow, daemon=True).start()


class Handler(JsonHandler):
    """Answers from `cluster`."""

    cluster: Cluster

    def do_GET(self) -> None:
        path, query = self._begin()
        if path is None:
            return
        if path == f"{CORE}/pods/{NAME}":
            self.answer(200, {"kind": "Pod", "apiVersion": "v1"} | own_pod("several-pods"))
        elif path == f"{CORE}/pods":
            (job,) = {
                value.rpartition("=")[2] for value in query["labelSelector"][0].split(",")[:1]
            }
            assert query["labelSelector"][0].endswith("replicatedjob-name=launcher")
            pod = {"metadata": {"name": f"{job}-launcher-0-0-x"}, "status": {"phase": "Running"}}
            self.answer(
                200, {"kind": "PodList", "items": [pod] if job in self.cluster.jobs else []}
            )
        elif path.endswith("/log"):
            assert (query["container"], query["follow"]) == (["node"], ["True"])
            self._log(path.removesuffix("-launcher-0-0-x/log").rpartition("/")[2])
        elif path in self.cluster.objects:
            self.answer(200, self.cluster.objects[path])
        else:
            self.answer(404, {"kind": "Status", "message": f"{path} not found"})

    def do_POST(self) -> None:
        path, _ = self._begin()
        if path is None:
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = KINDS[path.rpartition("/")[2]]
        if kind == self.cluster.without:
            self.answer(404, {"kind": "Status", "message": "page not found"})
            return
        jsonschema.validate(body, SCHEMAS[kind])
        assert body["kind"] == kind
        self.cluster.objects[f"{path}/{body['metadata']['name']}"] = body
        self.cluster.created.append(body)
        if kind == "TrainJob":
            self.cluster.start(body)
        self.answer(201, body)

    def do_DELETE(self) -> None:
        path, _ = self._begin()
        if path is None:
            return
        if self.cluster.objects.pop(path, None) is None:
            self.answer(404, {"kind": "Status", "message": "not found"})
            return
        self.cluster.deleted.append(path)
        if job := self.cluster.jobs.get(path.rpartition("/")[2]):
            job.kill()
        self.answer(200, {"kind": "Status", "status": "Success"})

    def _begin(self) -> tuple[str | None, dict[str, list[str]]]:
        """Path and query of a request that is to be answered; None for one that has been."""
        assert self.headers.get("Authorization") == f"Bearer {TOKEN}"
        parts = urlsplit(self.path)
        if self.cluster.failures and not parts.path.startswith(f"{CORE}/"):
            self.cluster.failures -= 1
            self.answer(503, {"kind": "Status", "message": "etcdserver: leader changed"})
            return None, {}
        return parts.path, parse_qs(parts.query)

    def _log(self, name: str) -> None:
        """Send a job's lines as they come, until it has ended."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        job, sent = self.cluster.jobs[name], 0
        while True:
            ended = "status" in job.body
            for line in job.lines[sent:]:
                self.wfile.write(line.encode())
                sent += 1
                if self.cluster.broken:
                    self.cluster.broken -= 1
                    return
            if ended or job.body not in self.cluster.objects.values():
                return
            threading.Event().wait(0.05)


@contextmanager
def trainer_api(kubeconfig: Path) -> Iterator[Cluster]:
    """Serve on the loopback interface.

    Args:
        kubeconfig: file to write, for clients.
    """
    cluster = Cluster()
    with served(Handler, cluster=cluster) as address:
        write_kubeconfig(kubeconfig, address, SPACE)
        try:
            yield cluster
        finally:
            for job in cluster.jobs.values():
                job.kill()
