"""Merging an image's label map with masks that need no prompt (ALGORITHMS 10.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.interface import Region

Ids = NDArray[np.int32]
Counts = NDArray[np.int64]

INSIDE = 0.5
"""Part of a mask that must lie in a class's region, beyond which the mask is accepted for it."""
COVERS = 0.85
"""Part of a class's region from which a mask that covers it is accepted too."""
LEAST_OF_UNION, LEAST_INSIDE, GUARD = 0.02, 0.3, 1.3


def merge(labels: Ids, regions: Sequence[Region], compat: str) -> Ids:
    """The label map [H, W] with the outlines of the masks that agree with it.

    `reference`: class by class, as ALGORITHMS 10.3 has it; later classes overwrite earlier ones, and the masks' order counts
    only through the classes that take them. `fixed`: each mask votes for the class it overlaps most; where accepted masks
    meet, the one with more of itself inside its class wins. Pixels that no mask covers stay, and so do those of rejected
    masks that are not mostly background.
    """
    if not regions:
        return labels.copy()
    ids, places = _compact(labels)
    overlaps, areas = _overlaps(places, len(ids), regions)
    if compat == "reference":
        return _merge_reference(places, ids, regions, overlaps, areas)
    return _merge_fixed(labels, ids, regions, overlaps, areas)


def _compact(labels: Ids) -> tuple[Ids, Ids]:
    """The ids that occur, 0 always first, and each pixel's place among them."""
    present = np.bincount(labels.ravel()) > 0
    present[0] = True
    ids = np.flatnonzero(present).astype(np.int32)
    return ids, (np.cumsum(present) - 1).astype(np.int32)[labels]


def _overlaps(places: Ids, count: int, regions: Sequence[Region]) -> tuple[Counts, Counts]:
    """Pixels [regions, count] that each mask shares with each id, and [count] of each id; looks into the masks' boxes."""
    shared = np.zeros((len(regions), count), np.int64)
    for row, region in zip(shared, regions, strict=True):
        window = _window(region)
        row[:] = np.bincount(places[window][region.mask[window]], minlength=count)
    return shared, np.bincount(places.ravel(), minlength=count)


def _window(region: Region) -> tuple[slice, slice]:
    x_min, y_min, x_max, y_max = region.box
    return slice(y_min, y_max), slice(x_min, x_max)


def _merge_fixed(labels: Ids, ids: Ids, regions: Sequence[Region], shared: Counts, areas: Counts) -> Ids:
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
        merged[window][regions[index].mask[window]] = 0
    quality = np.array([regions[index].score * regions[index].stability for index in used])
    # The best is painted last.
    for place in np.lexsort((-votes, quality, inside)):
        if accepted[place]:
            region = regions[used[place]]
            window = _window(region)
            merged[window][region.mask[window]] = ids[votes[place]]
    return merged


def _merge_reference(places: Ids, ids: Ids, regions: Sequence[Region], shared: Counts, areas: Counts) -> Ids:
    sizes = np.maximum(shared.sum(axis=1), 1)
    offered = np.ones(len(regions), bool)
    merged = np.zeros_like(places)
    for place in range(1, len(ids)):
        region_of_class = places == place
        accepted = offered & ((shared[:, place] / sizes > INSIDE) | (shared[:, place] / areas[place] >= COVERS))
        examined, painted = np.zeros(places.shape, bool), np.zeros(places.shape, bool)
        for index in np.flatnonzero(offered & (shared[:, place] > 0)):
            window = _window(regions[index])
            examined[window] |= regions[index].mask[window]
            if accepted[index]:
                painted[window] |= regions[index].mask[window]
        merged[painted | (region_of_class & ~examined)] = ids[place]
        offered &= ~accepted
    return merged
