"""Merging an image's label map with masks that need no prompt (method 10.3)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.interface import Region

Ids = NDArray[np.int32]
Counts = NDArray[np.int64]
Places = NDArray[np.uint8 | np.uint16]

INSIDE = 0.5
"""Part of a mask that must lie in a class's region, beyond which the mask is accepted for it."""
COVERS = 0.85
"""Part of a class's region from which a mask that covers it is accepted too."""
LEAST_OF_UNION, LEAST_INSIDE, GUARD = 0.02, 0.3, 1.3


def merge(labels: Ids, regions: Sequence[Region], compat: str) -> Ids:
    """The label map [H, W] with the outlines of the masks that agree with it.

    `reference`: class by class, as method 10.3 has it; later classes overwrite earlier ones,
        and the masks' order counts
    only through the classes that take them. `fixed`: each mask votes for the class it overlaps
    most; where accepted masks meet, the one with more of itself inside its class wins. Pixels that
    no mask covers stay, and so do those of rejected masks that are not mostly background.
    """
    if not regions:
        return labels.copy()
    ids, areas, places = _compact(labels)
    overlaps = _overlaps(places, len(ids), regions)
    if compat == "reference":
        return _merge_reference(
            places=places, ids=ids, regions=regions, shared=overlaps, areas=areas
        )
    return _merge_fixed(labels=labels, ids=ids, regions=regions, shared=overlaps, areas=areas)


def _compact(labels: Ids) -> tuple[Ids, Counts, Places]:
    """The ids that occur, 0 always first, the pixels of each, and each pixel's place among them."""
    counts = np.bincount(labels.ravel())
    present = counts > 0
    present[0] = True
    ids = np.flatnonzero(present).astype(np.int32)
    # One byte a pixel as a rule, which OpenCV counts fastest.
    places = (np.cumsum(present) - 1).astype(np.min_scalar_type(len(ids) - 1))
    return ids, counts[ids], np.take(places, labels)


def _overlaps(places: Places, count: int, regions: Sequence[Region]) -> Counts:
    """Pixels [regions, count] that each mask shares with each id; looks into the masks' boxes.

    OpenCV counts in float32, which is exact up to 2**24 pixels of one mask.
    """
    shared = np.zeros((len(regions), count), np.int64)
    for row, region in zip(shared, regions, strict=True):
        window = _window(region)
        mask = region.mask[window].view(np.uint8)
        row[:] = cv2.calcHist([places[window]], [0], mask, [count], [0, count])[:, 0]
    return shared


def _window(region: Region) -> tuple[slice, slice]:
    x_min, y_min, x_max, y_max = region.box
    return slice(y_min, y_max), slice(x_min, x_max)


def _merge_fixed(
    *, labels: Ids, ids: Ids, regions: Sequence[Region], shared: Counts, areas: Counts
) -> Ids:
    sizes = shared.sum(axis=1)
    used = np.flatnonzero(sizes > 0)
    shared, sizes = shared[used], sizes[used]
    merged = labels.copy()
    if len(ids) == 1 or len(used) == 0:
        return merged
    # The lowest id of equals, so that nothing depends on the masks' order.
    votes = 1 + shared[:, 1:].argmax(axis=1)
    overlap = shared[np.arange(len(used)), votes]
    inside, covered = overlap / sizes, overlap / areas[votes]
    background = shared[:, 0] / sizes + shared[:, 0] / max(1, areas[0])
    mostly = (inside > INSIDE) & (overlap >= LEAST_OF_UNION * (sizes + areas[votes] - overlap))
    wholly = (covered >= COVERS) & (inside >= LEAST_INSIDE) & (background < GUARD)
    accepted = mostly | wholly
    for index in used[~accepted & (shared[:, 0] > INSIDE * sizes)]:
        window = _window(regions[index])
        np.copyto(merged[window], 0, where=regions[index].mask[window])
    quality = np.array([regions[index].score * regions[index].stability for index in used])
    # The best is painted last.
    for place in np.lexsort((-votes, quality, inside)):
        if accepted[place]:
            region = regions[used[place]]
            window = _window(region)
            np.copyto(merged[window], ids[votes[place]], where=region.mask[window])
    return merged


def _merge_reference(
    *, places: Places, ids: Ids, regions: Sequence[Region], shared: Counts, areas: Counts
) -> Ids:
    sizes = np.maximum(shared.sum(axis=1), 1)
    offered = np.ones(len(regions), bool)
    merged = np.zeros(places.shape, np.int32)
    for place in range(1, len(ids)):
        region_of_class = places == place
        accepted = offered & (
            (shared[:, place] / sizes > INSIDE) | (shared[:, place] / areas[place] >= COVERS)
        )
        examined, painted = np.zeros(places.shape, bool), np.zeros(places.shape, bool)
        for index in np.flatnonzero(offered & (shared[:, place] > 0)):
            window = _window(regions[index])
            examined[window] |= regions[index].mask[window]
            if accepted[index]:
                painted[window] |= regions[index].mask[window]
        merged[painted | (region_of_class & ~examined)] = ids[place]
        offered &= ~accepted
    return merged
