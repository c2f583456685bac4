"""Learning rates (method 3.4)."""

from __future__ import annotations

import math

import pytest

from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.engine.schedule import learning_rate

PAPER = OptimiserConfig(base_lr=0.6, final_lr=0.0006)


def test_golden_rate_of_epoch_400_of_1000() -> None:
    assert learning_rate(
        step=400 * 503, steps_per_epoch=503, epochs=1000, config=PAPER
    ) == pytest.approx(0.3929, abs=5e-5)


def test_the_cosine_runs_from_base_to_final_over_all_steps() -> None:
    rates = [
        learning_rate(step=step, steps_per_epoch=10, epochs=5, config=PAPER) for step in range(50)
    ]
    assert rates[0] == 0.6
    assert rates[25] == pytest.approx((0.6 + 0.0006) / 2)
    assert rates == sorted(rates, reverse=True)
    # The step after the last would have the final rate.
    assert 0.0006 < rates[-1] < 0.002
    assert learning_rate(step=50, steps_per_epoch=10, epochs=5, config=PAPER) == pytest.approx(
        0.0006
    )


def test_warm_up_is_linear_and_the_cosine_takes_the_rest() -> None:
    config = OptimiserConfig(base_lr=0.6, final_lr=0.0006, warmup_epochs=2, start_warmup=0.1)
    rates = [
        learning_rate(step=step, steps_per_epoch=3, epochs=6, config=config) for step in range(18)
    ]
    assert rates[:6] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    cosine = [0.0006 + 0.5 * 0.5994 * (1 + math.cos(math.pi * t / 12)) for t in range(12)]
    assert rates[6:] == pytest.approx(cosine)


def test_a_longer_schedule_gives_the_rates_of_an_early_checkpoint() -> None:
    longer = OptimiserConfig(base_lr=0.6, final_lr=0.0006, schedule_epochs=1000)
    for step in (0, 503, 400 * 503, 401 * 503 - 1):
        whole = learning_rate(step=step, steps_per_epoch=503, epochs=1000, config=PAPER)
        early = learning_rate(step=step, steps_per_epoch=503, epochs=401, config=longer)
        assert early == whole
