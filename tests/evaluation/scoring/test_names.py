"""Full names of metrics."""

from __future__ import annotations

from pass_ops.evaluation.scoring.names import scoped


def test_a_metric_is_named_after_what_was_scored_and_where() -> None:
    assert scoped("test", {"miou": 0.25, "f": 0.5}) == {"test/miou": 0.25, "test/f": 0.5}
    assert scoped("round_1/test", {"miou": 0.25}) == {"round_1/test/miou": 0.25}
