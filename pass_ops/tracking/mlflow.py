"""A stage's run in MLflow, from its start to its end.

A stage runs inside `open_run(name)`, which finds the server by `MLFLOW_TRACKING_URI`. Its run is
nested in that of the pipeline, which

* on a cluster is the one that belongs to the KFP run (`tracking.pipeline_run`); where KFP's MLflow
  plugin has made the stage's run, `MLFLOW_RUN_ID` is that one, and it is taken;
* elsewhere is `MLFLOW_RUN_ID`, where that is set: by a local run, or by a user.
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
from pass_ops.tracking.pipeline_run import PARENT, kfp_run, outermost, pipeline_run
from pass_ops.tracking.shared_run import SharedRun
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
            lines, status = str(error).splitlines() or [""], "KILLED"
            if isinstance(error, Exception):
                status = "FAILED"
            tracker.tag("error", f"{type(error).__name__}: {lines[0]}")
            tracker.end(status)
            if isinstance(tracker.parent, SharedRun):
                tracker.parent.end(status)
        raise
    tracker.end("FINISHED")


def open_pipeline_run() -> Tracker:
    """A tracker that records into the run of the pipeline that this process is a stage of, or
    nowhere without one.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    use_fallback()
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        return NullTracker()
    client = _client()
    with server_errors():
        return _pipeline_run(client) or NullTracker()


def _start(stage: str) -> MlflowTracker:
    client = _client()
    with server_errors():
        parent = _pipeline_run(client)
        if (own := _from_plugin()) is not None:
            # Of a task that is tried again, the last attempt has ended it.
            client.update_run(own, status="RUNNING", name=stage)
        elif parent is None:
            own = client.create_run(_experiment(client), run_name=stage).info.run_id
        else:
            experiment = client.get_run(parent.run_id).info.experiment_id
            tags = {PARENT: parent.run_id}
            own = client.create_run(experiment, tags=tags, run_name=stage).info.run_id
    return MlflowTracker(client, own, parent)


def _pipeline_run(client: MlflowClient) -> MlflowTracker | None:
    """The run of the pipeline that this process is a stage of; None for a stage that is run alone.

    Args:
        client: of the server.
    """
    if (own := _from_plugin()) is not None:
        return MlflowTracker(client, outermost(client, own))
    if kfp_run():
        shared = SharedRun(client, pipeline_run(client, _experiment(client), kfp_run()))
        shared.begin()
        return shared
    inherited = os.environ.get("MLFLOW_RUN_ID")
    return MlflowTracker(client, inherited) if inherited else None


def _from_plugin() -> str | None:
    """The stage's own run, where KFP's MLflow plugin has made it."""
    return os.environ.get("MLFLOW_RUN_ID") if kfp_run() else None


def _client() -> MlflowClient:
    with _without_garbage_collection():
        from mlflow import MlflowClient

    with server_errors():
        return MlflowClient()


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
