"""Stages' records in MLflow.

A stage runs inside `open_run(name)`, which finds the server by `MLFLOW_TRACKING_URI` and opens a
run nested under `MLFLOW_RUN_ID` where that is set (Kubeflow, or the local run, has opened the
pipeline's run).
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pass_ops.errors import StorageError
from pass_ops.tracking.params import flatten
from pass_ops.tracking.tracker import NullTracker, Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "pass-ops"
# Limits of MLflow's REST API.
PARAMS_PER_REQUEST, METRICS_PER_REQUEST = 100, 1000
TAG_LENGTH = 8000
T = TypeVar("T")


class MlflowTracker:
    """Records into one MLflow run.

    Every method raises StorageError when the server cannot be reached or refuses.
    """

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self.client, self.run_id = client, run_id

    def params(self, params: Mapping[str, object]) -> None:
        from mlflow.entities import Param

        with server_errors():
            for batch in _batches(
                (Param(*item) for item in flatten(params).items()), PARAMS_PER_REQUEST
            ):
                self.client.log_batch(self.run_id, params=batch)

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        with server_errors():
            values = (Metric(name, float(value), now, step) for name, value in metrics.items())
            for batch in _batches(values, METRICS_PER_REQUEST):
                self.client.log_batch(self.run_id, metrics=batch)

    def file(self, path: Path, folder: str) -> None:
        with server_errors():
            if path.is_dir():
                self.client.log_artifacts(self.run_id, str(path), f"{folder}/{path.name}")
            else:
                self.client.log_artifact(self.run_id, str(path), folder)

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None:
        from mlflow.exceptions import MlflowException

        self.file(path, "model")
        with server_errors():
            try:
                self.client.create_registered_model(name)
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            source = f"{self.client.get_run(self.run_id).info.artifact_uri}/model/{path.name}"
            self.client.create_model_version(name, source, self.run_id, tags=dict(tags))

    def tag(self, name: str, value: str) -> None:
        with server_errors():
            self.client.set_tag(self.run_id, name, value[:TAG_LENGTH])

    def end(self, status: str) -> None:
        """End the run: FINISHED, FAILED or KILLED."""
        with server_errors():
            self.client.set_terminated(self.run_id, status)

    def end_children(self, status: str) -> None:
        """Give `status` to the runs nested in this one that are still open: their processes were
        killed.
        """
        with server_errors():
            experiment = self.client.get_run(self.run_id).info.experiment_id
            query = f"tags.mlflow.parentRunId = '{self.run_id}' and attributes.status = 'RUNNING'"
            for run in self.client.search_runs([experiment], query):
                self.client.set_terminated(run.info.run_id, status)


@contextmanager
def open_run(stage: str) -> Iterator[Tracker]:
    """A run for `stage`. It ends FINISHED; or FAILED when the body raises an exception, KILLED on
    Ctrl-C and the like, with the error's first line as the tag `error`.

    Yields:
        a tracker that records into it, or nowhere when `MLFLOW_TRACKING_URI` is not set.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        yield NullTracker()
        return
    tracker = _start(stage)
    try:
        yield tracker
    except BaseException as error:
        # A server that is gone must not hide why the stage failed.
        with suppress(StorageError):
            lines = str(error).splitlines() or [""]
            tracker.tag("error", f"{type(error).__name__}: {lines[0]}")
            tracker.end("FAILED" if isinstance(error, Exception) else "KILLED")
        raise
    tracker.end("FINISHED")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Imports without garbage collections in between, which are a quarter of the time that MLflow's
    import takes.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _start(stage: str) -> MlflowTracker:
    with _uncollected():
        from mlflow import MlflowClient

    parent = os.environ.get("MLFLOW_RUN_ID")
    with server_errors():
        client = MlflowClient()
        if parent:
            experiment = client.get_run(parent).info.experiment_id
            run = client.create_run(experiment, tags={"mlflow.parentRunId": parent}, run_name=stage)
        else:
            run = client.create_run(_experiment(client), run_name=stage)
    return MlflowTracker(client, run.info.run_id)


def _experiment(client: MlflowClient) -> str:
    from mlflow.exceptions import MlflowException

    name = os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT)
    try:
        return str(client.create_experiment(name))
    except MlflowException as error:
        existing = client.get_experiment_by_name(name)
        if existing is None:
            raise error
        return str(existing.experiment_id)


@contextmanager
def server_errors() -> Iterator[None]:
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        uri, reason = os.environ.get("MLFLOW_TRACKING_URI"), str(error).splitlines()[0]
        raise StorageError(
            f"MLflow at {uri}: {reason}; check MLFLOW_TRACKING_URI and the server's log"
        ) from error


def _batches(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
