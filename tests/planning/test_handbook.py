"""`docs/scale.md` has what is planned now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pass_ops.graph.loops import parse_loops
from pass_ops.planning.plan import Node, Plan, plan
from pass_ops.planning.scope import Scope
from pass_ops.planning.sets import KNOWN

SHARDS = {
    "classical": "predict_split=8 choose_checkpoint=4",
    "sam": "predict_split=4 choose_checkpoint=2 prompt_masks=3",
}
"""Of which a pipeline can have both (`docs/scale.md`, Shards)."""
TEXT = (Path(__file__).resolve().parents[2] / "docs" / "scale.md").read_text()


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("masks", ["classical", "sam"])
@pytest.mark.parametrize("profile", list(KNOWN))
def test_every_set_has_its_row(
    scope_at: Callable[..., Scope], profile: str, masks: str, times: int
) -> None:
    images = times * KNOWN[profile][0]["train"]
    scope = scope_at(profile, images, masks)
    one, eight, shared = (
        plan(scope, Node(gpus=gpus), parse_loops(shards))
        for gpus, shards in ((1, ""), (8, ""), (8, SHARDS[masks]))
    )
    cells = [
        f"{profile}{'' if times == 1 else ' × 10'}",
        masks,
        *(f"{planned.hours:.0f}" for planned in (one, eight, shared)),
        *(_longest(planned) for planned in (eight, shared)),
        f"{sum(task.bytes_out for task in eight.tasks) / 1e9:.0f}",
        f"{sum(task.requests for task in eight.tasks)}",
    ]
    assert f"| {' | '.join(cells)} |" in TEXT


def _longest(planned: Plan) -> str:
    longest = max(planned.tasks, key=lambda task: task.hours)
    return f"`{longest.stage}` {longest.hours:.0f}"
