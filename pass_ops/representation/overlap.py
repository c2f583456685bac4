"""Sampling grids over the overlap of two crops (method 4.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.transforms.views import Crop

OUTSIDE = -2.0
Grid = NDArray[np.float32]


def overlap_grids(first: Crop, second: Crop, points: int) -> tuple[Grid, Grid]:
    """Lay a lattice over the overlap of two crops, edge to edge, in each view's own coordinates.

    Args:
        first, second: crops of one image.
        points: of the lattice, along each side.

    Returns:
        Two arrays [points, points, 2] of (x, y) in [−1, 1]; all −2 where the crops are disjoint, so
        that sampling with zero padding returns zeros.
    """
    left, top = max(first.left, second.left), max(first.top, second.top)
    right = min(first.left + first.width, second.left + second.width)
    bottom = min(first.top + first.height, second.top + second.height)
    if left >= right or top >= bottom:
        outside = np.full((points, points, 2), OUTSIDE, np.float32)
        return outside, outside.copy()
    x, y = np.meshgrid(np.linspace(left, right, points), np.linspace(top, bottom, points))
    return _in_view(x, y, first), _in_view(x, y, second)


def overlaps(grid: Grid) -> bool:
    """Whether the pair of crops that `grid` was made of overlaps."""
    return bool(grid[0, 0, 0] != OUTSIDE)


def _in_view(x: NDArray[np.float64], y: NDArray[np.float64], crop: Crop) -> Grid:
    """Points of the image in a view's coordinates.

    Args:
        x, y: [points, points], in pixels of the image.
        crop: that the view was made of.
    """
    u, v = (x - crop.left) / crop.width, (y - crop.top) / crop.height
    if crop.flipped:
        u = 1 - u
    return np.stack([2 * u - 1, 2 * v - 1], axis=-1).astype(np.float32)
