"""Objects grouped by the part of the image they cover (ALGORITHMS 15.4, size-specific mIoU)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.histogram import Counts

SIZES = ("s", "ms", "ml", "l")
LARGEST = (5, 25, 50)  # percent of the image that S, MS and ML reach, inclusive


def size_groups(areas: Counts) -> dict[str, npt.NDArray[np.intp]]:
    """Group the classes of one image by size.

    Args:
        areas: int64 [K+1], pixels of each truth id, ignored pixels left out.

    Returns:
        For each size with at least one class: the ids whose pixels it is evaluated on, which are 0 and its classes. A
        class covers ceil(100 * area / all) percent.
    """
    present = np.flatnonzero(areas[1:]) + 1
    percent = -(-100 * areas[present] // areas.sum())
    sizes = np.searchsorted(LARGEST, percent)
    return {SIZES[size]: np.concatenate(([0], present[sizes == size])) for size in np.unique(sizes)}
