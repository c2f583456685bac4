"""How much memory a piece of work takes in this process.

What is mapped from files is left out: the system reads and drops it as it likes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path


def memory_of(work: Callable[[], object]) -> int:
    """Most bytes of this process that are of no file while `work` runs.

    Args:
        work: what is done.
    """
    peak, over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.005):
            peak = max(peak, anonymous())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        over.set()
        watcher.join()
    return peak


def anonymous() -> int:
    """Bytes of this process that are of no file."""
    (line,) = [
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("RssAnon:")
    ]
    return 1024 * int(line.split()[1])
