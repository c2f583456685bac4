"""How long an attempt of a stage may take: from the plan of the largest profile on one GPU."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import ceil

from pass_ops.config.resolve import resolve
from pass_ops.graph.loops import Loop
from pass_ops.planning.plan import Node, plan
from pass_ops.planning.sets import KNOWN, scope_of
from pass_ops.stages.declaration import DECLARATIONS

LARGEST = "imagenet-s919"
MARGIN = 2
"""Times the plan: costs are estimates, and machines differ."""
HALF_DAY = 12
LEAST, MOST = HALF_DAY, 14 * 24
"""Hours. What would take longer is to be shared among GPUs or shards."""


def hours_allowed(stage: str, shards: int = 1) -> int:
    """Hours that an attempt of a stage, or of a share of it, may take.

    Args:
        stage: name of its declaration; one that the training pipeline lacks gets `LEAST`.
        shards: tasks that share its work.
    """
    return longest_hours(shards).get(stage, LEAST)


@cache
def longest_hours(shards: int = 1) -> Mapping[str, int]:
    """Hours that an attempt may take, in half days, by the name of the stage; with several shards
    those of a share, of the stages that can be shared.

    A pipeline is compiled before its profile and its GPUs are known, and KFP (2.17.0) takes a time
    limit as a constant only. So it is that of the largest profile, on one GPU with 16 cores.

    Args:
        shards: tasks that share the work of a stage.
    """
    shared = [name for name, kind in DECLARATIONS.items() if kind.can_be_shared]
    loops = dict.fromkeys(shared, Loop(shards, shards)) if shards > 1 else {}
    counts, categories = KNOWN[LARGEST]
    # As if it made masks of everything, which a run of another mode of prompts does.
    overrides = {"make_regions.enabled": True}
    settings = resolve(profile=LARGEST, overrides=overrides, seed=31, compat="fixed")
    hours: dict[str, int] = {}
    for masks in ("classical", "sam"):
        scope = scope_of(settings=settings, counts=counts, categories=categories, masks=masks)
        for task in plan(scope, Node(), loops).tasks:
            if task.pods != shards:
                continue
            wanted = HALF_DAY * ceil(MARGIN * task.hours / HALF_DAY)
            hours[task.stage] = min(MOST, max(LEAST, hours.get(task.stage, 0), wanted))
    return hours
