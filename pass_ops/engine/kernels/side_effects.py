"""What Jittor does beside its work while it is imported, kept from the user."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def home_set_to(folder: Path) -> Iterator[None]:
    """Let `folder` be the user's home while the block lasts.

    Jittor makes `.cache/jittor` there and writes down which JITTOR_HOME was the last, which is of
    no use to us, and cannot be done by a user without a home.
    """
    before = os.environ.get("HOME")
    os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = before


@contextmanager
def output_dropped() -> Iterator[None]:
    """Keep what C and other programs print in the block from standard output.

    When Jittor installs oneDNN, that tests itself and prints what it has computed.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
