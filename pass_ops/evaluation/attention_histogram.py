"""Counts of (attention in percent, truth, cluster) of one image (ALGORITHMS 7.3)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.data.codec import IGNORE
from pass_ops.evaluation.histogram import Counts, Labels

PERCENTS = np.arange(101)
THRESHOLDS = (PERCENTS / 100).astype(np.float32)

Ids = npt.NDArray[np.intp]


def attention_histogram(
    attention: npt.NDArray[np.float32], labels: Labels, truth: Labels, classes: int
) -> tuple[Counts, Ids, Ids]:
    """Count the pixels of each (percent, truth, label) triple, without the ignored ones (truth 1000).

    A pixel's percent is the largest t with `attention >= float32(t / 100)`.

    Args:
        attention: float32 [H, W], 0..1.
        labels: int32 [H, W], 0..classes.
        truth: int32 [H, W], 0..classes or 1000.
        classes: number of classes K.

    Returns:
        int64 [101, R, C], and the R truth ids and C labels that this image has, ascending: most have few of them.

    Raises:
        ValueError: the shapes differ, or a value is out of range.
    """
    if not attention.shape == labels.shape == truth.shape:
        raise ValueError(f"attention is {attention.shape}, labels are {labels.shape}, truth is {truth.shape}")
    if not 0 <= attention.min() <= attention.max() <= 1:
        raise ValueError(f"attention {attention.min()}..{attention.max()} is not within 0..1")
    kept = truth != IGNORE
    percent = np.searchsorted(THRESHOLDS, attention[kept], side="right") - 1
    truth_ids, rows = _present(truth[kept], classes)
    label_ids, columns = _present(labels[kept], classes)
    shape = (len(PERCENTS), len(truth_ids), len(label_ids))
    codes = (percent * shape[1] + rows) * shape[2] + columns
    return np.bincount(codes, minlength=shape[0] * shape[1] * shape[2]).reshape(shape), truth_ids, label_ids


def _present(ids: Labels, classes: int) -> tuple[Ids, Ids]:
    """The ids that occur, ascending, and the place of each pixel's id among them."""
    if ids.size and not 0 <= ids.min() <= ids.max() <= classes:
        raise ValueError(f"ids {ids.min()}..{ids.max()} are not within 0..{classes}")
    occurs = np.bincount(ids, minlength=classes + 1) > 0
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[ids]
