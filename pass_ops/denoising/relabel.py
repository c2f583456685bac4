"""What an image is called where a classifier doubts its label so far (method 9.6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.ids import Ids


def relabelled(probabilities: NDArray[np.float64], given: Ids, margin: float) -> Ids:
    """The most probable label, where it is enough more probable than the one so far.

    A classifier of few images changes labels of which it is hardly surer than of the old ones, and
    as many to the worse as to the better.

    Args:
        probabilities: of the clusters, [B, K].
        given: labels so far, int [B], 0..K-1.
        margin: by which the most probable label must be ahead of the one so far, or it stays; 0
            for the most probable label always.

    Returns:
        int [B].
    """
    likeliest = probabilities.argmax(axis=1)
    ahead = probabilities.max(axis=1) - probabilities[np.arange(len(given)), given]
    return np.where(ahead < margin, given, likeliest)
