"""Telling that a stage compiles kernels: while it does, it cannot say so itself.

Jittor 1.3.11 compiles in C++ with Python's lock held, for minutes in the first step of a training.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from pass_ops.engine.kernels.home import kernel_files
from pass_ops.engine.progress import COMPILING
from pipelines.local.tasks.task_log import TaskLog


@contextmanager
def kernels_reported(log: TaskLog, home: Path, interval: float = 10.0) -> Iterator[None]:
    """Show beside silent stages that compute how many kernels were compiled since each began.

    Args:
        log: of the run.
        home: folder of kernels.
        interval: seconds between two looks.
    """
    over, at_start = Event(), len(kernel_files(home))

    def report() -> None:
        last = at_start
        first = dict.fromkeys(log.computing, last)
        while not over.wait(interval):
            count = len(kernel_files(home))
            first = {label: first.get(label, last) for label in log.computing}
            if count > last:
                # One that has a step's progress to tell has its kernels: they are another stage's.
                for label in log.silent(interval):
                    log.display.note(label, f"{COMPILING}, {count - first.get(label, last)} so far")
            last = count

    thread = Thread(target=report, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
