"""The parts of a mask that are worth keeping."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

MIN_COMPONENT = 0.2
"""Area from which a component without a point stays, as a part of the largest one's."""


def main_components(mask: Mask, points: list[tuple[int, int]]) -> Mask:
    """Components that hold a point or are large, with their small holes closed.

    Args:
        mask: [h, w], not empty.
        points: x, y of those inside the object.
    """
    kernel = np.ones((3, 3), np.uint8)
    closing = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    _, ids, stats, _ = cv2.connectedComponentsWithStats(closing, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    # Component 0 is the background.
    areas[0] = 0
    is_main = areas >= MIN_COMPONENT * areas.max()
    is_main[[ids[y, x] for x, y in points]] = True
    is_main[0] = False
    return np.asarray(is_main[ids])
