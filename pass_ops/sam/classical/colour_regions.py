"""Regions of even colour at several scales, for masks that need no prompt."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import felzenszwalb

from pass_ops.sam.classical.separability import separability
from pass_ops.sam.interface import Region

Mask = NDArray[np.bool_]

SCALES = (30.0, 100.0, 300.0, 900.0)
LEAST, MOST = 0.005, 0.8
"""Limits of a region's area, as fractions of the image's."""
SAME = 0.9
"""IoU from which two regions count as one."""


def colour_regions(rgb: NDArray[np.uint8], size: tuple[int, int]) -> list[Region]:
    """Regions of an RGB image [h, w, 3], best first, at `size` (height, width).

    A region's score is its separability. Its stability is the largest IoU with a region of the next
    finer or coarser scale: what keeps its outline under another scale is a thing rather than an
    accident.
    """
    levels = [
        felzenszwalb(
            rgb, scale=scale, sigma=0.8, min_size=max(1, round(LEAST * rgb.shape[0] * rgb.shape[1]))
        )
        for scale in SCALES
    ]
    overlaps = [_ious(finer, coarser) for finer, coarser in pairwise(levels)]
    found: list[Region] = []
    for level, ids in enumerate(levels):
        areas = np.bincount(ids.ravel()) / ids.size
        stable = np.zeros(len(areas), np.float64)
        repeated = np.zeros(len(areas), bool)
        if level > 0:
            best = overlaps[level - 1].max(axis=0)
            stable, repeated = best, best >= SAME
        if level < len(overlaps):
            stable = np.maximum(stable, overlaps[level].max(axis=1))
        for number in np.flatnonzero((areas >= LEAST) & (areas <= MOST) & ~repeated):
            mask = np.asarray(ids == number)
            found.append(
                _region(
                    mask=mask,
                    score=separability(rgb, mask),
                    stability=float(stable[number]),
                    size=size,
                )
            )
    return sorted(found, key=lambda region: -region.score * region.stability)


def _ious(first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    """IoU of every region of `first` (rows) with every region of `second` (columns), both [h, w] of
    ids from 0.
    """
    rows, columns = int(first.max()) + 1, int(second.max()) + 1
    shared = np.bincount((first * columns + second).ravel(), minlength=rows * columns).reshape(
        rows, columns
    )
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    return np.asarray(shared / union)


def _region(*, mask: Mask, score: float, stability: float, size: tuple[int, int]) -> Region:
    height, width = size
    enlarged = np.asarray(
        cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    )
    rows, columns = np.flatnonzero(enlarged.any(axis=1)), np.flatnonzero(enlarged.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Region(mask=enlarged, score=score, stability=stability, box=box)
