"""Pixels close to the edge of their region (method 15.4, boundary mIoU)."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

WIDTH = 0.03  # of the image's diagonal
_NEIGHBOURS = np.ones((3, 3), dtype=np.uint8)


def boundary_mask(labels: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.bool_]:
    """Mark the pixels within Chebyshev distance d of another id or of the image's border.

    d = max(1, round(0.03 * diagonal)). This equals d erosions of each id's region by a 3x3 square
    with zero padding: the pixel before the last on a shortest way to another id touches that id, so
    the mask is everything within d - 1 of the pixels that touch one.

    Args:
        labels: any integers [H, W], 0..65535; ignored pixels are an id like any other and make
            boundaries.

    Returns:
        bool [H, W].
    """
    height, width = labels.shape
    radius = max(1, round(WIDTH * math.hypot(height, width)))
    ids = labels if labels.dtype in (np.uint8, np.uint16) else labels.astype(np.uint16)
    touching = (cv2.dilate(ids, _NEIGHBOURS) != cv2.erode(ids, _NEIGHBOURS)).view(np.uint8)
    window = np.ones((2 * radius - 1, 2 * radius - 1), dtype=np.uint8)
    mask: npt.NDArray[np.bool_] = cv2.dilate(touching, window).view(np.bool_)
    mask[:radius] = mask[-radius:] = True
    mask[:, :radius] = mask[:, -radius:] = True
    return mask
