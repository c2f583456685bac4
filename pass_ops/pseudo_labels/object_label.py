"""The label of an image's object, from the labels of its pixels (method 8, A11)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.labels import NO_LABEL
from pass_ops.data.ids import LabelMap


def most_confident_cluster(labels: LabelMap, cosine: NDArray[np.float32]) -> int:
    """0-based id of the cluster whose pixels have the largest mean cosine, not of the largest one.

    Args:
        labels: [H, W], 0 for background, else cluster id + 1.
        cosine: [H, W], cosine of the pixel's own cluster.

    Returns:
        The id, or NO_LABEL where no cluster has a positive mean.
    """
    flat = labels.ravel()
    counts = np.bincount(flat)
    sums = np.bincount(flat, weights=cosine.ravel())
    means = np.divide(sums, counts, out=np.full(len(counts), -np.inf), where=counts > 0)
    means[0] = -np.inf
    best = int(means.argmax())
    return best - 1 if means[best] > 0 else NO_LABEL
