"""How well a mask stands out from what surrounds it: a score that needs no labels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

BINS = 8
"""Of each channel, in the histogram of colours."""


def separability(rgb: NDArray[np.uint8], mask: Mask) -> float:
    """1 − the overlap (Bhattacharyya coefficient) of the colours in and around a mask, in [0, 1].

    Around means within a band as wide as the mask's own area: what lies farther says nothing about
    its outline. A mask that is empty or covers all has 0.

    Args:
        rgb: [H, W, 3].
        mask: [H, W].
    """
    area = int(mask.sum())
    if area in (0, mask.size):
        return 0.0
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3)
    outside = np.sort(distance[~mask])
    around = ~mask & (distance <= outside[min(area, len(outside)) - 1])
    inside, outer = _histogram(rgb[mask]), _histogram(rgb[around])
    return float(np.clip(1 - np.sqrt(inside * outer).sum(), 0, 1))


def _histogram(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Part of the pixels [n, 3] in each of BINS³ boxes of colour."""
    places = (pixels.astype(np.int64) * BINS // 256) @ np.array([BINS * BINS, BINS, 1])
    counts = np.bincount(places, minlength=BINS**3).astype(np.float64)
    return counts / counts.sum()
