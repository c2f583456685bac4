"""Ends what a killed run leaves behind: `python -m pipelines.servers.watchdog CLAIM`."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.servers.claim import end_left_behind

if __name__ == "__main__":
    # Nothing is ever written to it: it ends when the process that holds the other end does.
    sys.stdin.buffer.read()
    end_left_behind(Path(sys.argv[1]))
