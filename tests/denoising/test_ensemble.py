"""Predictions of several checkpoints; `test_infer` has the ensemble's use."""

from __future__ import annotations

import numpy as np

from pass_ops.denoising.ensemble import log_softmax


def test_log_softmax_is_stable() -> None:
    logits = np.array([[1000.0, 1001.0], [-1000.0, -1000.0]], dtype=np.float32)
    expected = [[-1.3132617, -0.3132617], [-np.log(2)] * 2]
    np.testing.assert_allclose(log_softmax(logits), expected, rtol=1e-6)
