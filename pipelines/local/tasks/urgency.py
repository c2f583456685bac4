"""Which tasks of a run can wait for others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter

MOST = 19
"""The largest niceness that there is."""


def niceness(tasks: Mapping[str, Collection[str]]) -> dict[str, int]:
    """How nice each task is to others, as the command of this name has it.

    It is 0 on the longest chains, which decide how long a run takes, and twice what a task's
    longest chain is shorter. Chains are as long as they have tasks.

    Args:
        tasks: names of those that each depends on, by its name.
    """
    order = tuple(TopologicalSorter(tasks).static_order())
    before = dict.fromkeys(order, 0)
    for name in order:
        before[name] = max((before[one] + 1 for one in tasks[name]), default=0)
    after = dict.fromkeys(order, 0)
    for name in reversed(order):
        for one in tasks[name]:
            after[one] = max(after[one], after[name] + 1)
    longest = max(before.values(), default=0)
    return {name: min(MOST, 2 * (longest - before[name] - after[name])) for name in order}
