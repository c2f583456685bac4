"""Which tasks of a run can wait for others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from graphlib import TopologicalSorter

NICENESS = 10
"""Of tasks that can wait, as `nice` has it: they get a tenth of a core that another one wants."""


def can_wait(tasks: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Tasks that are on none of the longest chains, which decide how long a run takes.

    Chains are as long as they have tasks: those of the method are one after another.

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
    return frozenset(name for name in order if before[name] + after[name] < longest)
