"""The brightest point of an attention map, a prompt for later mask refinement (method 8)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def brightest_point(
    attention: NDArray[np.float32], foreground: NDArray[np.bool_], compat: str
) -> tuple[int, int]:
    """(x, y) = (column, row) in pixels of the strongest attention.

    `reference`: the first maximum of the whole map in row-major order. `fixed`: within the largest
    8-connected foreground component, if there is foreground; of a plateau of equal maxima, the
    pixel nearest to the plateau's centroid.

    Args:
        attention: float32 [H, W].
        foreground: bool [H, W].
        compat: `reference` or `fixed`.
    """
    if compat == "reference":
        row, column = np.unravel_index(int(attention.argmax()), attention.shape)
        return int(column), int(row)
    inside = largest_component(foreground) if foreground.any() else np.ones_like(foreground)
    plateau = inside & (attention == attention[inside].max())
    ys, xs = np.nonzero(largest_component(plateau))
    nearest = int(((ys - ys.mean()) ** 2 + (xs - xs.mean()) ** 2).argmin())
    return int(xs[nearest]), int(ys[nearest])


def largest_component(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest 8-connected component of a mask, the first of equals.

    Args:
        mask: [H, W], not empty.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))
