"""Telling that a stage compiles kernels: while it does, it cannot say so itself.

Jittor 1.3.11 compiles in C++ with Python's lock held, for minutes in the first step of a training.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from pass_ops.engine.compiler import kernel_files
from pass_ops.engine.progress import COMPILING
from pipelines.local.tasks.task_log import TaskLog


@contextmanager
def kernels_reported(log: TaskLog, home: Path, interval: float = 10.0) -> Iterator[None]:
    """Show beside the running stage how many kernels were compiled since it began.

    Args:
        log: of the run.
        home: folder of kernels.
        interval: seconds between two looks.
    """
    over, at_start = Event(), len(kernel_files(home))

    def report() -> None:
        last = first = at_start
        stage = log.computing
        while not over.wait(interval):
            count = len(kernel_files(home))
            if log.computing is not stage:
                stage, first = log.computing, last
            if stage is not None and count > last:
                log.display.note(stage.label, f"{COMPILING}, {count - first} so far")
            last = count

    thread = Thread(target=report, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
