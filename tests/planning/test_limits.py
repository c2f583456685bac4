"""Time limits of stages, and whether the paper's sets keep them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pass_ops.planning.limits import LEAST, MOST, hours_allowed, longest_hours
from pass_ops.planning.plan import Node, plan
from pass_ops.planning.scope import Scope


def test_limits_are_half_days_between_the_least_and_the_most() -> None:
    assert all(LEAST <= hours <= MOST and hours % 12 == 0 for hours in longest_hours().values())
    assert hours_allowed("fetch_model") == LEAST


@pytest.mark.parametrize(
    ("profile", "most_days"), [("imagenet-s50", 1), ("imagenet-s300", 7), ("imagenet-s919", 14)]
)
@pytest.mark.parametrize("masks", ["classical", "sam"])
def test_on_eight_gpus_no_stage_exceeds_its_limit(
    scope_at: Callable[..., Scope], profile: str, most_days: int, masks: str
) -> None:
    planned = plan(scope_at(profile, masks=masks), Node(gpus=8, cores=128))
    assert planned.hours < 24 * most_days
    over = [task.name for task in planned.tasks if task.hours > hours_allowed(task.stage)]
    assert over == []
