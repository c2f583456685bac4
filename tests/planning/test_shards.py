"""Stages whose work several pods share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pass_ops.graph.loops import LONGEST, Loop, parse_loops
from pass_ops.planning import costs
from pass_ops.planning.limits import hours_allowed
from pass_ops.planning.plan import Node, Plan, PlannedTask, plan
from pass_ops.planning.scope import Scope
from pass_ops.planning.table import summary, table
from pass_ops.stages.declaration import DECLARATIONS

START = costs.START.seconds / 3600
NODE = Node(cores=10_000, price=3.0)


def task(planned: Plan, name: str) -> PlannedTask:
    (found,) = [one for one in planned.tasks if one.name == name]
    return found


def without_start(hours: float) -> float:
    return hours - START


@pytest.mark.parametrize(("at_once", "rounds"), [(8, 1), (4, 2), (3, 3)])
def test_eight_shards_take_an_eighth_each(
    scope_at: Callable[..., Scope], at_once: int, rounds: int
) -> None:
    scope = scope_at("imagenet-s919")
    alone = task(plan(scope, NODE), "predict_round_1")
    planned = plan(scope, NODE, {"predict_split": Loop(8, at_once)})
    shares, merged = (task(planned, f"predict_round_1{of}") for of in (" shards", ""))
    assert shares.pods == 8
    assert without_start(shares.hours) == pytest.approx(without_start(alone.hours) / 8, rel=1e-4)
    assert shares.end == pytest.approx(alone.end - alone.hours + rounds * shares.hours)
    assert (merged.hours, merged.pods) == (pytest.approx(START), 1)
    assert merged.end == pytest.approx(shares.end + START)
    assert (merged.bytes_out, merged.requests) == (alone.bytes_out, alone.requests)


def test_each_pod_is_paid(scope_at: Callable[..., Scope]) -> None:
    scope = scope_at("imagenet-s919")
    planned = plan(scope, NODE, parse_loops("8"))
    # Both rounds: eight pods start in place of none, the work stays the same.
    more = planned.paid_hours - plan(scope, NODE).paid_hours
    assert more == pytest.approx(2 * 8 * START, abs=0.01)
    (row,) = [row for row in table(planned).rows if row[0] == "predict_round_1 shards"]
    hours = task(planned, "predict_round_1 shards").hours
    assert row[2:6] == ("8", f"~{hours:.2f}", "GPU", f"{24 * hours:.0f}")


def test_more_shards_than_checkpoints_are_of_no_use(scope_at: Callable[..., Scope]) -> None:
    scope = scope_at("imagenet-s919")
    config = scope.settings.train_segmenter
    checkpoints = -(-config.epochs // config.checkpoint_every)
    hours = [
        task(
            plan(scope, NODE, {"choose_checkpoint": Loop(shards, 1)}),
            "choose_checkpoint_round_1 shards",
        ).hours
        for shards in (checkpoints, 2 * checkpoints)
    ]
    assert hours[0] == hours[1]


def test_k_means_is_left_to_the_stage(scope_at: Callable[..., Scope]) -> None:
    scope, node = scope_at("imagenet-s919"), Node(cores=1)
    alone = task(plan(scope, node), "cluster_1")
    planned = plan(scope, node, {"cluster": Loop(2, 2)})
    share, stage = task(planned, "cluster_1 shards"), task(planned, "cluster_1")
    features, kmeans = without_start(share.hours), without_start(stage.hours)
    assert 2 * features + kmeans == pytest.approx(without_start(alone.hours), rel=1e-4)
    assert min(features, kmeans) > 0


def test_all_that_can_be_shared_is_planned_but_masks_of_what_is_held_out(
    scope_at: Callable[..., Scope],
) -> None:
    names = [name for name, kind in DECLARATIONS.items() if kind.can_be_shared]
    loops = parse_loops(" ".join(f"{name}=2" for name in names))
    planned = plan(scope_at("imagenet-s50"), Node(), loops)
    shared = {one.name.removesuffix(" shards") for one in planned.tasks if one.pods == 2}
    can = {one.name for one in planned.tasks if one.stage in names and one.pods == 1}
    assert can - shared == {"prompt_masks_held_out"}
    assert {one.stage for one in planned.tasks if one.pods == 2} == {*names}


def test_shares_have_limits_of_their_own(scope_at: Callable[..., Scope]) -> None:
    # Three times the largest set on one GPU: 13 days of predictions.
    scope = scope_at("imagenet-s919", images=3_549_966)
    alone, few, many = (plan(scope, Node(), parse_loops(text)) for text in ("", "8", "32"))
    assert task(alone, "predict_round_1").hours > hours_allowed(LONGEST)
    assert "predict_round_1" in summary(alone)
    # Eight shares of it are longer than twice eight of the largest set.
    shares = task(few, "predict_round_1 shards")
    assert hours_allowed(LONGEST, 8) < shares.hours < hours_allowed(LONGEST)
    assert "predict_round_1 shards" in summary(few)
    assert "predict_round_1 shards" not in summary(many)
