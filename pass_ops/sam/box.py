"""Boxes around masks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""x_min, y_min, x_max, y_max in pixels, maxima exclusive."""


def bounding_box(mask: NDArray[np.bool_]) -> Box:
    """The box of a mask [H, W] that is not empty."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
