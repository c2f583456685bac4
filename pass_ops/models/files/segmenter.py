"""What the names of a segmenter's weights tell of its head (method 12.2), without a network."""

from __future__ import annotations

from collections.abc import Container
from itertools import count


def joins(names: Container[str]) -> int:
    """How many of the backbone's earlier stages join in the head.

    Args:
        names: of the arrays.
    """
    return next(i for i in count() if f"head.joins.{i}.fuse.0.weight" not in names)
