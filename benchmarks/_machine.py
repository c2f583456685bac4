"""What two processes can gain on this machine at all, beside which figures of two processes are
read.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

WORK = "sum(number * number for number in range(20_000_000))"


def print_two_processes() -> None:
    """Print how many times the work of one process two of them do at once: 2 on two idle cores of
    one speed.
    """
    ratio = max(2 * _seconds(1) / _seconds(2) for _ in range(3))
    print(
        json.dumps(
            {
                "name": "machine_two_processes",
                "ratio": round(ratio, 2),
                "floor": None,
                "unit": "x one process",
            }
        )
    )


def _seconds(processes: int) -> float:
    start = time.perf_counter()
    running = [subprocess.Popen([sys.executable, "-c", WORK]) for _ in range(processes)]
    for process in running:
        process.wait()
    return time.perf_counter() - start
