"""A stage's run in MLflow, from its start to its end.

A stage runs inside `open_run(name)`, which finds the server by `MLFLOW_TRACKING_URI`. What it
records goes to a spool (`tracking.spool`), from which a thread sends it: a server that is slow or
away does not hold it up. Its run is nested in that of the pipeline, which

* on a cluster is the one that belongs to the KFP run (`tracking.pipeline_run`); where KFP's MLflow
  plugin has made the stage's run, `MLFLOW_RUN_ID` is that one, and it is taken;
* elsewhere is `MLFLOW_RUN_ID`, where that is set: by a local run, or by a user.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from uuid import uuid4

from pass_ops.tracking.fallback import use_fallback
from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.mlflow_tracker import now
from pass_ops.tracking.pipeline_run import kfp_run
from pass_ops.tracking.spool.place import make_spool, spools
from pass_ops.tracking.spool.sender import Sender
from pass_ops.tracking.spool.spooled_tracker import SpooledTracker
from pass_ops.tracking.stage_run import StageRun, mlflow_client, run_of_pipeline
from pass_ops.tracking.tracker import NullTracker, Tracker

EXPERIMENT = "pass-ops"
# A thread waits for the server, but the end of a stage waits for the thread.
_CLIENT = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
# Seconds without an answer after which a stage that has ended no longer waits for the server; after
# a signal, of the 20 that the stage has, its last checkpoint takes 15.
_PATIENCE, _HASTE = 30.0, 3.0


@contextmanager
def open_run(stage: str) -> Iterator[Tracker]:
    """A run for `stage`, which ends as the body does.

    It ends FINISHED; or FAILED when the body raises an exception, KILLED on Ctrl-C and the like,
    with the error's first line as the tag `error`.

    Yields:
        a tracker that records into it, or nowhere when `MLFLOW_TRACKING_URI` is not set.
    """
    use_fallback()
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        yield NullTracker()
        return
    with _spooled(stage) as tracker:
        try:
            yield tracker
        except BaseException as error:
            lines = str(error).splitlines() or [""]
            status = "FAILED" if isinstance(error, Exception) else "KILLED"
            tracker.tag("error", f"{type(error).__name__}: {lines[0]}")
            tracker.end(status)
            tracker.parent.record("end_with_stage", status=status)
            raise
        tracker.end("FINISHED")


@contextmanager
def _spooled(stage: str) -> Iterator[SpooledTracker]:
    """A tracker for a stage, and the thread that sends what it records.

    Args:
        stage: name of the run.
    """
    for name, value in _CLIENT.items():
        os.environ.setdefault(name, value)
    # An address that is none is refused here, before the work begins.
    mlflow_client()
    spool = make_spool(_say)
    sender = Sender(spool, spools(), _say)
    tracker = SpooledTracker(spool, sender, _say)
    tracker.record("open", **asdict(_run_of(stage)))
    sender.start()
    patience = _HASTE
    try:
        yield tracker
        patience = _PATIENCE
    except Exception:
        patience = _PATIENCE
        raise
    finally:
        if problem := sender.finish(patience):
            _say(
                f"{problem}; what {stage} recorded stays in {spool.folder}: the next stage sends "
                "it, or pass-ops track replay"
            )
        else:
            spool.remove()


def open_pipeline_run() -> Tracker:
    """A tracker that records into the run of the pipeline that this process is a stage of, or
    nowhere without one.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    use_fallback()
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        return NullTracker()
    client = mlflow_client()
    with server_errors():
        return run_of_pipeline(client, _run_of(""), late=False) or NullTracker()


def _run_of(stage: str) -> StageRun:
    """What is known of the run of a stage of this process."""
    return StageRun(
        stage=stage,
        key=uuid4().hex,
        experiment=os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT),
        inherited=os.environ.get("MLFLOW_RUN_ID", ""),
        kfp_run=kfp_run(),
        start=now(),
    )


def _say(line: str) -> None:
    print(line, flush=True)
