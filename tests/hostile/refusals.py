"""What a reader says of what it cannot read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pass_ops.errors import PassError

Good = TypeVar("Good")


def is_refused(read: Callable[[Good], object], good: Good) -> bool:
    """Whether a reader refuses what it finds, in one line; anything else that it raises fails.

    Args:
        read: the reader.
        good: what it reads, one file of which is damaged.
    """
    line = ""
    try:
        read(good)
    except PassError as error:
        line = str(error)
    assert line == "" or (line.isprintable() and len(line) < 1000)
    return bool(line)
