"""Counts of (ground-truth class, predicted id) pairs, from which every region metric follows
(method 15.1).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.data.codec import IGNORE

Labels = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]


def joint_histogram(truth: Labels, labels: Labels, classes: int) -> Counts:
    """Count the pixels of each (truth, label) pair of one image, without the ignored ones (truth
    1000).

    Args:
        truth: int32, any shape, 0..classes or 1000.
        labels: int32, same shape, 0..classes: cluster ids before the matching, class ids after it.
        classes: number of classes K.

    Returns:
        int64 [K+1, K+1], rows are truth, columns are labels.

    Raises:
        ValueError: the shapes differ, or an id is out of range.
    """
    if truth.shape != labels.shape:
        raise ValueError(f"truth is {truth.shape}, labels are {labels.shape}")
    kept = truth != IGNORE
    rows, columns = truth[kept].astype(np.int64), labels[kept]
    for ids in (rows, columns):
        if ids.size and not 0 <= ids.min() <= ids.max() <= classes:
            raise ValueError(f"ids {ids.min()}..{ids.max()} are not within 0..{classes}")
    bins = classes + 1
    return np.bincount(rows * bins + columns, minlength=bins * bins).reshape(bins, bins)
