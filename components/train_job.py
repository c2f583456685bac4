"""A training that several pods share: the task makes a TrainJob of Kubeflow Trainer, follows it,
prints its log, fails with it, and removes it.

Which pods run where and when is up to the Trainer and Kubernetes. The task keeps its tracker, and
the ranks tell it what is to be recorded; inputs and outputs go through the volume of data sets.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from components.train_job_api import ClusterApi
from components.train_job_log import shown_log
from components.train_job_objects import Pods, train_job
from components.train_job_runtime import training_runtime
from pass_ops.engine.ranks.contact import listening
from pass_ops.engine.ranks.machines import Machines, training_on
from pass_ops.engine.ranks.reports import Metrics, Reports
from pass_ops.engine.stage import data_cache
from pass_ops.tracking.tracker import Tracker

FOLDER = "trainings"
"""Below the folder of data sets, the volume of which all pods have."""
PORT = 8790
"""At which the task listens to ranks; network policies name it."""
# Seconds between two looks at the job.
_PAUSE = 2.0


def training_on_pods(pods: str) -> AbstractContextManager[None]:
    """Let trainings that begin in the block be shared by several pods.

    Args:
        pods: what `components.placement.resolve_placement` made of `train_pods`.
    """
    if pods in ("", "1"):
        return nullcontext()
    return training_on(TrainJob(Pods(**json.loads(pods))))


class TrainJob(Machines):
    """The pods of a TrainJob.

    Args:
        pods: to be made.
    """

    def __init__(self, pods: Pods) -> None:
        super().__init__(pods.ranks, data_cache() / FOLDER)
        self._pods = pods

    def run_ranks(
        self, *, stage: str, module: str, arguments: Sequence[str], tracker: Tracker
    ) -> Metrics:
        """Run a module in all ranks of a TrainJob that is made for it and removed at the end.

        Args:
            stage, module, arguments, tracker: see `engine.ranks.launch.run_ranks`.

        Raises:
            PassError, RuntimeError: what the first rank that failed has raised.
            KilledError: the job failed or went without a word of a rank.
            ConfigError: the cluster refuses the job.
        """
        reports, api = Reports(tracker=tracker), ClusterApi()
        own = api.own_pod()
        name = f"{stage.replace('_', '-')}-{own['metadata']['uid'][:8]}"
        self.folder.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(prefix=f".{name}-", dir=self.folder) as folder,
            listening(Path(folder), (_own_address(), PORT), reports) as contact,
        ):
            command = (sys.executable, "-m", module, str(contact), *arguments)
            job = train_job(name=name, own=own, pods=self._pods, command=command)
            with _made(api, training_runtime(name, own)), _made(api, job), shown_log(name):
                print(f"{stage}: TrainJob {name} of {self._pods.pods} pods", flush=True)
                failure = _failure(api, name, reports)
        return reports.outcome(not failure, f"{stage}: {failure}")


@contextmanager
def _made(api: ClusterApi, body: dict[str, Any]) -> Iterator[None]:
    """Make an object, and remove it when the block ends, by a signal too.

    Args:
        api: of the cluster.
        body: the object.
    """
    kind, name = body["kind"], body["metadata"]["name"]
    try:
        # A signal may come when it is made, and the answer is not here yet.
        api.create(body)
        yield
    finally:
        api.delete(kind, name)


def _failure(api: ClusterApi, name: str, reports: Reports) -> str:
    """Wait for the end of a job; returns why it failed, or nothing.

    Args:
        api: of the cluster.
        name: of the job.
        reports: of its ranks: the first error ends all.
    """
    while not reports.errors:
        conditions = api.conditions(name)
        if "Failed" in conditions:
            return f"TrainJob {name} failed: {conditions['Failed']}"
        if "Complete" in conditions:
            return "" if reports.metrics is not None else f"TrainJob {name} ended without a result"
        time.sleep(_PAUSE)
    return "a process failed"


def _own_address() -> str:
    """That of this pod: Kubernetes writes it beside its name into /etc/hosts."""
    return socket.gethostbyname(socket.gethostname())
