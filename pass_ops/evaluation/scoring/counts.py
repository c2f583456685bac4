"""What one image contributes to every metric, before clusters are matched (method 15.1, 15.4).

A matching renames labels one to one and leaves background alone, so it moves no boundary: an image
is looked at once, and its counts serve every matching.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pass_ops.data.codec import IGNORE
from pass_ops.data.ids import Ids, LabelMap
from pass_ops.evaluation.scoring.boundary import boundary_mask

Counts = npt.NDArray[np.int64]
"""Numbers of pixels or of images."""


@dataclass(frozen=True, kw_only=True)
class ImageCounts:
    """Pixels of one image, the ignored ones left out.

    Attributes:
        truth: int [R], the ids of the ground truth, ascending.
        labels: int [C], the predicted ids, ascending.
        pixels: int64 [R, C], pixels by truth and label.
        near_label: int64 [R, C], those near a boundary of the prediction.
        near_both: int64 [R, C], those near a boundary of the prediction and one of the truth.
        near_truth: int64 [R], pixels near a boundary of the truth.
    """

    truth: Ids
    labels: Ids
    pixels: Counts
    near_label: Counts
    near_both: Counts
    near_truth: Counts


def count_image(truth: LabelMap, labels: LabelMap, classes: int) -> ImageCounts:
    """Count the pixels of an image.

    Args:
        truth: int32 [H, W], 0..classes or 1000, which is left out but makes boundaries.
        labels: int32 [H, W], 0..classes.
        classes: number of classes K.

    Raises:
        ValueError: the shapes differ, or an id is out of range.
    """
    if truth.shape != labels.shape:
        raise ValueError(f"truth is {truth.shape}, labels are {labels.shape}")
    truth_ids, rows = compact(truth)
    label_ids, columns = compact(labels)
    known = truth_ids[truth_ids != IGNORE]
    for ids in (known, label_ids):
        if ids.size and ids[-1] > classes:
            raise ValueError(f"ids {ids[0]}..{ids[-1]} are not within 0..{classes}")
    size = len(label_ids)
    # One histogram of four numbers: truth, label, near a boundary of the truth, near one of the
    # prediction.
    codes = rows.astype(np.int32) * (4 * size) + columns.astype(np.int32) * 4
    codes += boundary_mask(rows).view(np.uint8) * np.uint8(2) + boundary_mask(columns).view(
        np.uint8
    )
    shape = (len(truth_ids), size, 4)
    counts = np.bincount(codes.ravel(), minlength=shape[0] * size * 4).reshape(shape)[
        truth_ids != IGNORE
    ]
    # A label that only ignored pixels have does not count as predicted.
    with_pixels = counts.any(axis=(0, 2))
    counts = counts[:, with_pixels]
    return ImageCounts(
        truth=known,
        labels=label_ids[with_pixels],
        pixels=counts.sum(axis=2),
        near_label=counts[:, :, 1] + counts[:, :, 3],
        near_both=counts[:, :, 3],
        near_truth=(counts[:, :, 2] + counts[:, :, 3]).sum(axis=1),
    )


def compact(ids: LabelMap) -> tuple[Ids, npt.NDArray[np.integer[Any]]]:
    """The ids that occur, ascending, and the place of each pixel's id among them.

    Args:
        ids: any shape, not negative.

    Returns:
        int64 [R], and uint8 where that is enough, else uint16, of the shape of `ids`.

    Raises:
        ValueError: a negative id.
    """
    try:
        occurs = np.bincount(ids.ravel()) > 0
    except ValueError as error:
        raise ValueError(f"ids {ids.min()}..{ids.max()} are negative") from error
    present = np.flatnonzero(occurs).astype(np.int64)
    places = np.cumsum(occurs) - 1
    if len(present) <= 256:
        return present, places.astype(np.uint8)[ids]
    return present, places.astype(np.uint16)[ids]
