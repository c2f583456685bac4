"""Merging an image's label map with masks that need no prompt (method 10.3)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.data.ids import Ids, LabelMap
from pass_ops.sam.interface import Region

Counts = NDArray[np.int64]
Places = NDArray[np.uint8 | np.uint16]

INSIDE = 0.5
"""Part of a mask that must lie in a class's region, beyond which the mask is accepted for it."""
COVERS = 0.85
"""Part of a class's region from which a mask that covers it is accepted too."""
LEAST_OF_UNION, LEAST_INSIDE, GUARD = 0.02, 0.3, 1.3


def merge(labels: LabelMap, regions: Sequence[Region], compat: str) -> LabelMap:
    """The label map with the outlines of the masks that agree with it.

    `reference`: class by class, as method 10.3 has it; later classes overwrite earlier ones, and
    the masks' order counts only through the classes that take them. `fixed`: each mask votes for
    the class it overlaps most; where accepted masks meet, the one with more of itself inside its
    class wins. Pixels that no mask covers stay, and so do those of rejected masks that are not
    mostly background, or that hold nearly all foreground; foreground never becomes nothing.

    Args:
        labels: int32 [H, W], 0 background.
        regions: masks of the same size, best first.
        compat: `reference` or `fixed`.

    Returns:
        int32 [H, W], new.
    """
    if not regions:
        return labels.copy()
    ids, areas, places = _compact(labels)
    overlaps = _overlaps(places, len(ids), regions)
    if compat == "reference":
        return _merge_reference(
            places=places, ids=ids, regions=regions, overlaps=overlaps, areas=areas
        )
    return _merge_fixed(labels=labels, ids=ids, regions=regions, overlaps=overlaps, areas=areas)


def _compact(labels: LabelMap) -> tuple[Ids, Counts, Places]:
    """The ids that occur, 0 always first, the pixels of each, and each pixel's place among them."""
    counts = np.bincount(labels.ravel())
    present = counts > 0
    present[0] = True
    ids = np.flatnonzero(present).astype(np.int64)
    # One byte a pixel as a rule, which OpenCV counts fastest.
    places = (np.cumsum(present) - 1).astype(np.min_scalar_type(len(ids) - 1))
    return ids, counts[ids], np.take(places, labels)


def _overlaps(places: Places, count: int, regions: Sequence[Region]) -> Counts:
    """Pixels that each mask shares with each id; only the masks' boxes are looked at.

    Args:
        places: [H, W], place of each pixel's id among the ids.
        count: how many ids there are.
        regions: masks of the same size.

    Returns:
        int64 [regions, count].
    """
    overlaps = np.zeros((len(regions), count), np.int64)
    for row, region in zip(overlaps, regions, strict=True):
        window = _window(region)
        mask = region.mask[window].view(np.uint8)
        # OpenCV counts in float32, which is exact up to 2**24 pixels of one mask.
        row[:] = cv2.calcHist([places[window]], [0], mask, [count], [0, count])[:, 0]
    return overlaps


def _window(region: Region) -> tuple[slice, slice]:
    x_min, y_min, x_max, y_max = region.box
    return slice(y_min, y_max), slice(x_min, x_max)


def _merge_fixed(
    *, labels: LabelMap, ids: Ids, regions: Sequence[Region], overlaps: Counts, areas: Counts
) -> LabelMap:
    """The rule of `fixed`.

    Args:
        labels: int32 [H, W].
        ids, areas: the ids that occur, and the pixels of each [C].
        regions: M masks.
        overlaps: int64 [M, C], pixels that each shares with each id.
    """
    sizes = overlaps.sum(axis=1)
    indices = np.flatnonzero(sizes > 0)
    overlaps, sizes = overlaps[indices], sizes[indices]
    merged = labels.copy()
    if len(ids) == 1 or len(indices) == 0:
        return merged
    # The lowest id of equals, so that nothing depends on the masks' order.
    votes = 1 + overlaps[:, 1:].argmax(axis=1)
    overlap = overlaps[np.arange(len(indices)), votes]
    inside, covered = overlap / sizes, overlap / areas[votes]
    background = overlaps[:, 0] / sizes + overlaps[:, 0] / max(1, areas[0])
    mostly = (inside > INSIDE) & (overlap >= LEAST_OF_UNION * (sizes + areas[votes] - overlap))
    wholly = (covered >= COVERS) & (inside >= LEAST_INSIDE) & (background < GUARD)
    accepted = mostly | wholly
    # A mask that holds nearly all foreground, as one of the whole image does, has found no outline.
    everything = sizes - overlaps[:, 0] >= COVERS * areas[1:].sum()
    for index in indices[~accepted & ~everything & (overlaps[:, 0] > INSIDE * sizes)]:
        window = _window(regions[index])
        np.copyto(merged[window], 0, where=regions[index].mask[window])
    quality = np.array([regions[index].score * regions[index].stability for index in indices])
    # The best is painted last.
    for place in np.lexsort((-votes, quality, inside)):
        if accepted[place]:
            region = regions[indices[place]]
            window = _window(region)
            np.copyto(merged[window], ids[votes[place]], where=region.mask[window])
    return merged if merged.any() else labels.copy()


def _merge_reference(
    *, places: Places, ids: Ids, regions: Sequence[Region], overlaps: Counts, areas: Counts
) -> LabelMap:
    """The rule of `reference`.

    Args:
        places: [H, W], place of each pixel's id among the ids.
        ids, areas, regions, overlaps: as of `_merge_fixed`.
    """
    sizes = np.maximum(overlaps.sum(axis=1), 1)
    offered = np.ones(len(regions), bool)
    merged = np.zeros(places.shape, np.int32)
    for place in range(1, len(ids)):
        region_of_class = places == place
        accepted = offered & (
            (overlaps[:, place] / sizes > INSIDE) | (overlaps[:, place] / areas[place] >= COVERS)
        )
        candidates, painted = np.zeros(places.shape, bool), np.zeros(places.shape, bool)
        for index in np.flatnonzero(offered & (overlaps[:, place] > 0)):
            window = _window(regions[index])
            candidates[window] |= regions[index].mask[window]
            if accepted[index]:
                painted[window] |= regions[index].mask[window]
        merged[painted | (region_of_class & ~candidates)] = ids[place]
        offered &= ~accepted
    return merged
