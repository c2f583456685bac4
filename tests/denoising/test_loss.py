"""Cross-entropy with smoothed targets (method 9.5)."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.denoising.loss import cross_entropy
from pass_ops.engine.jittor import jt

LOGITS = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32)
LABELS = np.array([0, 1, 2, 3, 4, 5, 0, 1], dtype=np.int32)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_it_is_the_mean_of_the_targets_log_probabilities(smoothing: float) -> None:
    log_p = LOGITS - np.log(np.exp(LOGITS).sum(1, keepdims=True))
    targets = np.full((8, 6), smoothing / 6)
    targets[np.arange(8), LABELS] += 1 - smoothing
    loss = float(cross_entropy(jt.array(LOGITS), jt.array(LABELS), smoothing).item())
    assert loss == pytest.approx(-(targets * log_p).sum(1).mean(), rel=1e-5)


def test_sure_and_right_logits_cost_nothing_without_smoothing_alone() -> None:
    sure = np.where(np.arange(6) == LABELS[:, None], 50, 0).astype(np.float32)
    plain, smoothed = (
        float(cross_entropy(jt.array(sure), jt.array(LABELS), s).item()) for s in (0.0, 0.1)
    )
    assert plain == pytest.approx(0, abs=1e-6)
    assert smoothed == pytest.approx(0.1 * 5 / 6 * 50, rel=1e-5)
