"""A rank without a training, for tests: `python -m tests.engine.ranks._program CONTACT WHAT`."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from pass_ops.engine.ranks.process import begin, end
from pass_ops.engine.ranks.reports import ReportedTracker, Reporter
from pass_ops.engine.ranks.world import is_first, rank
from pass_ops.errors import StorageError


def main() -> None:
    """Do what the last argument says."""
    reporter, what = begin(Path(sys.argv[1])), sys.argv[2]
    if is_first():
        ReportedTracker(reporter).metrics({"threads": float(os.environ["OMP_NUM_THREADS"])}, 3)
    if what == "print":
        for number in range(5):
            print(f"epoch {number}", flush=True)
            time.sleep(0.2)
    if what == "fail" and not is_first():
        reporter.tell("failed", StorageError(f"rank {rank()} has lost its disk"))
        end(1)
    if what == "die" and not is_first():
        os.kill(os.getpid(), signal.SIGKILL)
    if what in ("fail", "die"):
        # As in a sum that waits for the other.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    if what == "wait":
        if is_first():
            signal.signal(signal.SIGTERM, lambda *_: _tell_and_end(reporter))
            Path(sys.argv[3]).write_text(f"{os.getpid()}\n")
        time.sleep(60)
    if is_first():
        reporter.tell("finished", {"loss": 0.5})


def _tell_and_end(reporter: Reporter) -> None:
    """As a training that keeps a checkpoint."""
    time.sleep(1.5)
    ReportedTracker(reporter).tag("kept", "a checkpoint")
    end(143)


if __name__ == "__main__":
    main()
