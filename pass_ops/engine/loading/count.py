"""How many processes are worth their start."""

from __future__ import annotations

from pass_ops.engine.cores import usable_cores
from pass_ops.engine.ranks.world import neighbours

LEAST = 10_000
"""Samples from which on it is worth the time to start processes, most of a second each."""


def processes_for(workers: int, samples: int) -> int:
    """How many processes make so many samples; with 1 it is threads of this process.

    Args:
        workers: as set: at most so many, and no more than there are cores.
        samples: that will be made in all.
    """
    return cores_for(workers) if samples >= LEAST else 1


def cores_for(workers: int) -> int:
    """`workers`, or this rank's share of the cores, if these are fewer."""
    return min(workers, max(1, usable_cores() // neighbours()))
