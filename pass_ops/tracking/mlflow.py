"""A stage's run in MLflow, from its start to its end.

A stage runs inside `open_run(name)`, which finds the server by `MLFLOW_TRACKING_URI` and opens a
run nested under `MLFLOW_RUN_ID` where that is set (Kubeflow, or the local run, has opened the
pipeline's run).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pass_ops.errors import StorageError
from pass_ops.tracking.fallback import use_fallback
from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.mlflow_tracker import MlflowTracker
from pass_ops.tracking.tracker import NullTracker, Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "pass-ops"


@contextmanager
def open_run(stage: str) -> Iterator[Tracker]:
    """A run for `stage`, which ends as the body does.

    It ends FINISHED; or FAILED when the body raises an exception, KILLED on Ctrl-C and the like,
    with the error's first line as the tag `error`.

    Yields:
        a tracker that records into it, or nowhere when `MLFLOW_TRACKING_URI` is not set.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    use_fallback()
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


def require_server() -> None:
    """Refuse a server that does not answer, before a run begins whose stages would log to it.

    Raises:
        StorageError: see `open_run`.
    """
    use_fallback()
    if os.environ.get("MLFLOW_TRACKING_URI"):
        with _without_garbage_collection():
            from mlflow import MlflowClient
        with server_errors():
            MlflowClient().search_experiments(max_results=1)


def _start(stage: str) -> MlflowTracker:
    with _without_garbage_collection():
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


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Collections in between are a quarter of the time that the import of MLflow takes."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _experiment(client: MlflowClient) -> str:
    """The id of the experiment that `MLFLOW_EXPERIMENT_NAME` names, which is made if need be."""
    from mlflow.exceptions import MlflowException

    name = os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT)
    # Created first: of several stages that start at once, one makes it and the others find it.
    try:
        return str(client.create_experiment(name))
    except MlflowException as error:
        existing = client.get_experiment_by_name(name)
        if existing is None:
            raise error
        return str(existing.experiment_id)
