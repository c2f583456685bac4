"""Which process an id meant when it was written down: ids are used again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import psutil

NONE = -1
"""`start_ticks` of a process that is not there."""


def start_ticks(process: int) -> int:
    """When the process with this id was started, in the kernel's ticks; `NONE` if there is none.

    psutil (7.2.2) would add the time of the boot, which moves when the clock is set.
    """
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    except (FileNotFoundError, ProcessLookupError):
        return NONE


def start_time(process: int) -> str:
    """The same for people, by the clock; empty if there is none."""
    try:
        start = psutil.Process(process).create_time()
    except psutil.NoSuchProcess:
        return ""
    return f"{datetime.fromtimestamp(start):%Y-%m-%d %H:%M:%S}"
