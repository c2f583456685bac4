"""What two processes can gain on this machine at all, to read metrics of two processes beside."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.parts.report import report

WORK = "sum(number * number for number in range(20_000_000))"


def report_two_processes() -> None:
    """Print how much more two processes do than one: 2 on two idle cores of one speed."""
    ratio = max(2 * _seconds(1) / _seconds(2) for _ in range(3))
    report(name="machine_two_processes", ratio=ratio, floor=None, unit="x one process")


def _seconds(processes: int) -> float:
    """How long so many processes take that do the same work at once."""
    start = time.perf_counter()
    workers = [subprocess.Popen([sys.executable, "-c", WORK]) for _ in range(processes)]
    for process in workers:
        process.wait()
    return time.perf_counter() - start
