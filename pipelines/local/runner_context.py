"""What surrounds KFP's local runner, so that a run leaves nothing behind: output, files, processes.

What is worked round here holds of KFP 2.17.0.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import psutil

from pass_ops.engine.checkpoints.place import PLACE
from pipelines.local.tasks.task_log import TaskLog
from pipelines.servers.claim import PATIENCE
from pipelines.servers.environment import environment_variables
from pipelines.servers.signals import signals_ignored


@contextmanager
def output_to(log: TaskLog) -> Iterator[None]:
    """Send prints, logging and warnings of the block to `log`: KFP's runner uses all three."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = [logging.StreamHandler(log)]
    root.setLevel(logging.INFO)
    try:
        with redirect_stdout(log), redirect_stderr(log), warnings.catch_warnings():
            yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@contextmanager
def own_scratch() -> Iterator[None]:
    """Give the stages a temporary folder that goes with the block.

    The command that KFP compiles for a component writes the component's code into a folder of
    `mktemp` and leaves it: without this, every stage of every run would add one to /tmp.
    """
    with (
        tempfile.TemporaryDirectory(prefix="pass-ops-") as scratch,
        environment_variables({"TMPDIR": scratch}),
    ):
        yield


@contextmanager
def checkpoints_shared(state: Path) -> Iterator[None]:
    """Let trainings go on from the checkpoints of earlier runs, in a place that the environment
    names, or else in a folder of `state`.
    """
    place = os.environ.get(PLACE) or str((state / "checkpoints").resolve())
    with environment_variables({PLACE: place}):
        yield


@contextmanager
def children_ended() -> Iterator[None]:
    """End the processes that the block started and left behind: after Ctrl-C, the stage's.

    KFP's runner waits for a stage's process and does not end it: without this, it would go on
    computing. Servers have sessions of their own; processes that were there before the block
    belong to whoever runs it.
    """
    before = set(_children())
    try:
        yield
    finally:
        with signals_ignored():
            children = [child for child in _children() if child not in before]
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    child.terminate()
            # A training that is told to end saves a checkpoint first.
            _, alive = psutil.wait_procs(children, timeout=PATIENCE)
            for child in alive:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            psutil.wait_procs(alive, timeout=PATIENCE)


def _children() -> list[psutil.Process]:
    """The processes below this one, in our session."""
    return [child for child in psutil.Process().children(recursive=True) if _in_our_session(child)]


def _in_our_session(process: psutil.Process) -> bool:
    with suppress(ProcessLookupError):
        return os.getsid(process.pid) == os.getsid(0)
    return False
