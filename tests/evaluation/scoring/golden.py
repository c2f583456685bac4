"""The example that method 15.5 works out."""

from __future__ import annotations

import numpy as np


def golden():
    """Two pairs of truth and prediction, int32 [4, 4] each, of three classes."""
    truth_a = np.zeros((4, 4), dtype=np.int32)
    truth_a[:, :2] = 1
    prediction_a = truth_a.copy()
    prediction_a[0, 2] = 1
    truth_a[0, 3] = 1000
    truth_b, prediction_b = np.zeros((4, 4), dtype=np.int32), np.zeros((4, 4), dtype=np.int32)
    truth_b[0] = 2
    prediction_b[:2] = 2
    return [(truth_a, prediction_a), (truth_b, prediction_b)]
