"""Regions of even colour at several scales, for masks that need no prompt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import felzenszwalb

from pass_ops.sam.box import bounding_box
from pass_ops.sam.classical.separability import separability
from pass_ops.sam.interface import Region

Mask = NDArray[np.bool_]

SCALES = (30.0, 100.0, 300.0, 900.0)
"""How unlike neighbouring regions must be, from fine to coarse (Felzenszwalb's k)."""
MIN_AREA, MAX_AREA = 0.005, 0.8
"""Limits of a region's area, as fractions of the image's."""
DUPLICATE_IOU = 0.9
"""IoU from which two regions count as one."""


def colour_regions(rgb: NDArray[np.uint8], size: tuple[int, int]) -> list[Region]:
    """Regions of an image, best first.

    A region's score is its separability. Its stability is the largest IoU with a region of the next
    finer or coarser scale: what keeps its outline under another scale is a thing rather than an
    accident.

    Args:
        rgb: the image that is segmented, [h, w, 3].
        size: (height, width) of the masks to make, in pixels.
    """
    min_size = max(1, round(MIN_AREA * rgb.shape[0] * rgb.shape[1]))
    levels = [felzenszwalb(rgb, scale=scale, sigma=0.8, min_size=min_size) for scale in SCALES]
    overlaps = [_ious(finer, coarser) for finer, coarser in pairwise(levels)]
    regions: list[Region] = []
    for level, ids in enumerate(levels):
        finer = overlaps[level - 1].max(axis=0) if level > 0 else None
        coarser = overlaps[level].max(axis=1) if level < len(overlaps) else None
        regions += _level_regions(rgb=rgb, ids=ids, finer=finer, coarser=coarser, size=size)
    return sorted(regions, key=lambda region: -region.score * region.stability)


def _level_regions(
    *,
    rgb: NDArray[np.uint8],
    ids: NDArray[np.intp],
    finer: NDArray[np.float64] | None,
    coarser: NDArray[np.float64] | None,
    size: tuple[int, int],
) -> Iterator[Region]:
    """Regions of one scale that are neither too small nor too large nor on the finer scale too.

    Args:
        rgb: [h, w, 3].
        ids: [h, w], the region of each pixel.
        finer, coarser: for each region its largest IoU with one of the next finer and the next
            coarser scale; None where there is no such scale.
        size: (height, width) of the masks to make, in pixels.
    """
    areas = np.bincount(ids.ravel()) / ids.size
    none = np.zeros(len(areas))
    finer, coarser = none if finer is None else finer, none if coarser is None else coarser
    stabilities = np.maximum(finer, coarser)
    candidates = (areas >= MIN_AREA) & (areas <= MAX_AREA) & ~(finer >= DUPLICATE_IOU)
    for number in np.flatnonzero(candidates):
        mask = np.asarray(ids == number)
        yield _region(
            mask=mask,
            score=separability(rgb, mask),
            stability=float(stabilities[number]),
            size=size,
        )


def _ious(first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    """IoU of every region of one segmentation (rows) with every region of another (columns).

    Args:
        first, second: ids from 0, [h, w] each.
    """
    rows, columns = int(first.max()) + 1, int(second.max()) + 1
    shared = np.bincount((first * columns + second).ravel(), minlength=rows * columns).reshape(
        rows, columns
    )
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    return np.asarray(shared / union)


def _region(*, mask: Mask, score: float, stability: float, size: tuple[int, int]) -> Region:
    """A region at the size of the image.

    Args:
        mask: [h, w], not empty.
        score, stability: the region's.
        size: (height, width) of the image in pixels.
    """
    height, width = size
    full_mask = np.asarray(
        cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    )
    return Region(mask=full_mask, score=score, stability=stability, box=bounding_box(full_mask))
