"""Signs of collapse."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.errors import TrainingError
from pass_ops.representation.collapse import CollapseAlarm, Health, health

WELL = Health(spread=0.9, code_entropy=0.3, usage_entropy=0.99)
ONE_VECTOR = Health(spread=0.01, code_entropy=0.3, usage_entropy=0.99)
BLURRED = Health(spread=0.9, code_entropy=0.9999, usage_entropy=1.0)


def test_even_directions_have_spread_1_and_sharp_codes_entropy_0() -> None:
    rows = np.random.default_rng(0).normal(size=(5000, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    state = health(rows, np.eye(6, dtype=np.float32)[np.arange(6000) % 6])
    assert state.spread == pytest.approx(1, abs=0.02)
    assert state.code_entropy == pytest.approx(0, abs=1e-6)
    assert state.usage_entropy == pytest.approx(1, abs=1e-6)


def test_one_embedding_for_all_has_no_spread_and_one_prototype_for_all_no_entropy() -> None:
    codes = np.zeros((10, 6), np.float32)
    codes[:, 2] = 1
    state = health(np.tile(np.float32([0.6, 0.8]), (10, 1)), codes)
    assert state.spread == pytest.approx(0, abs=1e-6)
    assert state.usage_entropy == pytest.approx(0, abs=1e-6)


def test_codes_that_tell_nothing_apart_have_entropy_1() -> None:
    state = health(np.eye(6, dtype=np.float32), np.full((6, 6), 1 / 6, np.float32))
    assert state.code_entropy == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("bad", [ONE_VECTOR, BLURRED])
def test_the_alarm_sounds_after_so_many_bad_epochs_running(bad: Health) -> None:
    alarm = CollapseAlarm(patience=3)
    for epoch, state in enumerate([bad, bad, WELL, bad, bad]):
        alarm.check(epoch, state)
    with pytest.raises(
        TrainingError, match=r"collapse: after epoch 5 .*for 3 epochs.*lower swav\.epsilon"
    ) as excinfo:
        alarm.check(5, bad)
    assert "\n" not in str(excinfo.value)


def test_a_healthy_training_goes_on() -> None:
    alarm = CollapseAlarm(patience=1)
    for epoch in range(100):
        alarm.check(epoch, WELL)
