"""Objects grouped by the part of the image they cover (method 15.4, size-specific mIoU)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.scoring.counts import Counts

SIZES = ("s", "ms", "ml", "l")
LARGEST = (5, 25, 50)  # percent of the image that S, MS and ML reach, inclusive


def size_of(areas: Counts) -> npt.NDArray[np.intp]:
    """The size of each region of one image, as its place in `SIZES`.

    Args:
        areas: int64 [R], pixels of each truth id that the image has, ignored pixels left out.

    Returns:
        int [R]; a region covers ceil(100 * area / all) percent.
    """
    return np.searchsorted(LARGEST, -(-100 * areas // max(int(areas.sum()), 1)))
