"""Which of how many ranks this process is, and which rows of a batch are its own.

Open MPI says so in the environment; a process without ranks is the first of one.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def rank() -> int:
    """Number of this process among the ranks, 0-based."""
    return int(os.environ.get("OMPI_COMM_WORLD_RANK", "0"))


def size() -> int:
    """How many ranks there are."""
    return int(os.environ.get("OMPI_COMM_WORLD_SIZE", "1"))


def neighbours() -> int:
    """How many ranks share this machine, its cores and its memory, this one included."""
    return int(os.environ.get("OMPI_COMM_WORLD_LOCAL_SIZE", "1"))


def is_first() -> bool:
    """Whether this is the rank that writes files and talks to people."""
    return rank() == 0


def own_rows(batch_size: int) -> int:
    """How many rows of a batch are this rank's.

    Args:
        batch_size: samples of a step over all ranks, a multiple of their number.
    """
    return batch_size // size()


def own_items(items: Sequence[Item], batch_size: int) -> list[Item]:
    """This rank's rows of every full batch, so that no item is any other's.

    Args:
        items: of an epoch, in their order; the same on all ranks.
        batch_size: see `own_rows`.
    """
    rows, end = own_rows(batch_size), len(items) - len(items) % batch_size
    return [
        item
        for start in range(rank() * rows, end, batch_size)
        for item in items[start : start + rows]
    ]
