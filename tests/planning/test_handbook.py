"""`docs/scale.md` has what is planned now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pass_ops.planning.plan import Node, plan
from pass_ops.planning.scope import Scope
from pass_ops.planning.sets import KNOWN

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "scale.md").read_text()


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("masks", ["classical", "sam"])
@pytest.mark.parametrize("profile", list(KNOWN))
def test_every_set_has_its_row(
    scope_at: Callable[..., Scope], profile: str, masks: str, times: int
) -> None:
    images = times * KNOWN[profile][0]["train"]
    scope = scope_at(profile, images, masks)
    one, eight = (plan(scope, Node(gpus=gpus, cores=16 * gpus)) for gpus in (1, 8))
    longest = max(eight.tasks, key=lambda task: task.hours)
    cells = [
        f"{profile}{'' if times == 1 else ' × 10'}",
        masks,
        f"{one.hours:.0f}",
        f"{eight.hours:.0f}",
        f"`{longest.stage}` {longest.hours:.0f}",
        f"{sum(task.bytes_out for task in eight.tasks) / 1e9:.0f}",
        f"{sum(task.requests for task in eight.tasks)}",
    ]
    assert f"| {' | '.join(cells)} |" in TEXT
