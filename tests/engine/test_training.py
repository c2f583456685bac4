"""What a training says of itself."""

from __future__ import annotations

import pytest

from pass_ops.engine.training import Plan
from pass_ops.errors import TrainingError


def plan(**changes: object) -> Plan:
    values = {"stage": "pretrain", "seed": 31, "epochs": 3, "batch_size": 8, "samples": 24}
    return Plan(**values | {"checkpoint_every": 1} | changes)


@pytest.mark.parametrize(("samples", "steps"), [(8, 1), (23, 2), (24, 3)])
def test_an_epoch_leaves_out_the_incomplete_batch(samples: int, steps: int) -> None:
    assert plan(samples=samples).steps == steps


def test_too_few_samples_for_a_batch_are_refused_with_the_setting_to_change() -> None:
    with pytest.raises(
        TrainingError,
        match=r"^pretrain: 7 images do not fill a batch of 8: lower its batch_size$",
    ):
        plan(samples=7)


def test_the_error_calls_the_samples_by_their_name() -> None:
    with pytest.raises(TrainingError, match="0 labelled images do not fill a batch of 8"):
        plan(samples=0, noun="labelled images")
