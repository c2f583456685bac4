"""How the programs that run pipelines on this machine end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from pass_ops.program import exit_status
from pass_ops.storage.disk_space import space_needed
from pass_ops.storage.opening import files_named
from pipelines.servers.signals import sigterm_as_exit


def run_to_end(work: Callable[[], object], interrupted: str) -> int:
    """Do what a program is for, whatever ends it in one line; returns the exit status.

    Args:
        work: what it is for.
        interrupted: what there is after Ctrl-C, and what to do then.
    """

    def guarded() -> None:
        with sigterm_as_exit(), files_named(), space_needed(Path.cwd()):
            work()

    try:
        return exit_status(guarded)
    except KeyboardInterrupt:
        print(f"interrupted: {interrupted}", file=sys.stderr)
        return 130
