"""Counts of (attention in percent, truth, cluster) of one image (method 7.3)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.data.codec import IGNORE
from pass_ops.data.ids import Ids, LabelMap
from pass_ops.evaluation.scoring.counts import Counts, compact

PERCENTS = np.arange(101)
THRESHOLDS = (PERCENTS / 100).astype(np.float32)
_NEXT = np.append(THRESHOLDS[1:], np.float32(np.inf))


def percents(attention: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """The largest t of each pixel with `attention >= float32(t / 100)`.

    Args:
        attention: float32, any shape, 0..1.

    Returns:
        uint8 of the same shape, 0..100.

    Raises:
        ValueError: attention outside 0..1.
    """
    if not 0 <= attention.min() <= attention.max() <= 1:
        raise ValueError(f"attention {attention.min()}..{attention.max()} is not within 0..1")
    # Rounding may take t / 100 for less than t percent, so start below and step up where the next
    # one is reached.
    below = np.maximum(attention * np.float32(100) - np.float32(1e-4), 0).astype(np.uint8)
    below += attention >= _NEXT[below]
    return below


def attention_histogram(
    *, attention: npt.NDArray[np.float32], labels: LabelMap, truth: LabelMap, classes: int
) -> tuple[Counts, Ids, Ids]:
    """Count the pixels of each (percent, truth, label) triple, but for the ignored ones.

    Args:
        attention: float32 [H, W], 0..1; a pixel's percent is that of `percents`.
        labels: int32 [H, W], 0..classes.
        truth: int32 [H, W], 0..classes, or 1000 where it is to be ignored.
        classes: number of classes K.

    Returns:
        int64 [101, R, C], and the R truth ids and C labels that this image has, ascending: most
        have few of them.

    Raises:
        ValueError: the shapes differ, or a value is out of range.
    """
    if not attention.shape == labels.shape == truth.shape:
        raise ValueError(
            f"attention is {attention.shape}, labels are {labels.shape}, truth is {truth.shape}"
        )
    truth_ids, rows = compact(truth)
    label_ids, columns = compact(labels)
    known = truth_ids != IGNORE
    for ids in (truth_ids[known], label_ids):
        if ids.size and ids[-1] > classes:
            raise ValueError(f"ids {ids[0]}..{ids[-1]} are not within 0..{classes}")
    shape = (len(PERCENTS), len(truth_ids), len(label_ids))
    codes = percents(attention).astype(np.int32) * np.int32(shape[1] * shape[2])
    codes += rows.astype(np.int32) * np.int32(shape[2]) + columns
    counts = np.bincount(codes.ravel(), minlength=shape[0] * shape[1] * shape[2]).reshape(shape)
    return counts[:, known], truth_ids[known], label_ids
