"""How the process of a rank begins and ends."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from pass_ops.engine.ranks.reports import Reporter
from pass_ops.engine.ranks.world import is_first


def begin(contact: Path) -> Reporter:
    """Take up contact with the process that started the ranks, and see to it that people read
    every line once.

    Args:
        contact: see `engine.ranks.contact`.
    """
    reporter = Reporter(contact)
    if is_first():
        reporter.tell("started", os.getpid())
        threading.Thread(target=_end_with_starter, args=(contact,), daemon=True).start()
    else:
        # All ranks would print the same.
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return reporter


def end(status: int) -> None:
    """Let all ranks end where this one ends by an error; returns where it does not.

    Args:
        status: of this process.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if status:
        # Python's own end would wait in MPI's for ranks that wait for this one.
        os._exit(status)


def _end_with_starter(contact: Path) -> None:
    """End at once when the process that started the ranks is no more.

    Args:
        contact: of that process.
    """
    try:
        Reporter(contact).wait_for_end()
    finally:
        os._exit(1)
