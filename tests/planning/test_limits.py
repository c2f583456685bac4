"""Time limits of stages, and whether the paper's sets keep them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pass_ops.graph.loops import MOST as MOST_SHARDS
from pass_ops.graph.loops import parse_loops
from pass_ops.planning.limits import LEAST, MOST, hours_allowed, longest_hours
from pass_ops.planning.plan import Node, plan
from pass_ops.planning.scope import Scope
from tests.planning.test_handbook import SHARDS


def test_limits_are_half_days_between_the_least_and_the_most() -> None:
    assert all(LEAST <= hours <= MOST and hours % 12 == 0 for hours in longest_hours().values())
    assert hours_allowed("fetch_model") == LEAST


def test_limits_of_shares_follow_from_the_plan_with_shards(
    scope_at: Callable[..., Scope],
) -> None:
    scope = scope_at("imagenet-s919")
    for shards in (2, 8, MOST_SHARDS):
        planned = plan(scope, Node(), parse_loops(f"predict_split={shards}/1"))
        hours = max(task.hours for task in planned.tasks if task.pods > 1)
        assert 2 * hours <= hours_allowed("predict_split", shards) <= max(LEAST, 2 * hours + 12)
    # What no loop can share has no shares.
    assert "pretrain" in longest_hours()
    assert "pretrain" not in longest_hours(8)


@pytest.mark.parametrize(
    ("profile", "most_days"), [("imagenet-s50", 1), ("imagenet-s300", 4), ("imagenet-s919", 14)]
)
@pytest.mark.parametrize("masks", ["classical", "sam"])
def test_on_eight_gpus_no_stage_exceeds_its_limit(
    scope_at: Callable[..., Scope], profile: str, most_days: int, masks: str
) -> None:
    scope = scope_at(profile, masks=masks)
    for shards in ("", SHARDS[masks]):
        planned = plan(scope, Node(gpus=8), parse_loops(shards))
        assert [
            task.name for task in planned.tasks if task.hours > hours_allowed(task.stage, task.pods)
        ] == []
    # With the shards.
    assert planned.hours < 24 * most_days
