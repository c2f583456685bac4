"""Pixels close to the edge of their region (ALGORITHMS 15.4, boundary mIoU)."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.histogram import Labels

WIDTH = 0.03  # of the image's diagonal


def boundary_mask(labels: Labels) -> npt.NDArray[np.bool_]:
    """Mark the pixels within Chebyshev distance d of another id or of the image's border.

    d = max(1, round(0.03 * diagonal)). A square window of radius d that leaves the image or holds two ids has its
    centre on a boundary; this equals d erosions of each id's region by a 3x3 square with zero padding.

    Args:
        labels: int32 [H, W], 0..65535; 1000 (ignore) is an id like any other and makes boundaries.

    Returns:
        bool [H, W].
    """
    height, width = labels.shape
    radius = max(1, round(WIDTH * math.hypot(height, width)))
    ids = labels.astype(np.uint16)
    window = np.ones((2 * radius + 1, 2 * radius + 1), dtype=np.uint8)
    mask: npt.NDArray[np.bool_] = cv2.dilate(ids, window) != cv2.erode(ids, window)
    mask[:radius] = mask[-radius:] = True
    mask[:, :radius] = mask[:, -radius:] = True
    return mask
