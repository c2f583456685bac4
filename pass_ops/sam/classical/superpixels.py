"""Patches of even colour that an image is cut into."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import slic

Array = NDArray[np.float64]

COUNT = 300
"""Patches to aim at."""


@dataclass(frozen=True, kw_only=True)
class Superpixels:
    """An image in n patches of even colour.

    Attributes:
        ids: [H, W], the patch of each pixel, from 0.
        colours: [n, 3], mean colour in Lab.
        centres: [n, 2], mean x and y in pixels.
        on_border: [n], whether it touches the image's border.
        neighbours: [2, m], pairs of patches that touch, the lower id first.
    """

    ids: NDArray[np.intp]
    colours: Array
    centres: Array
    on_border: NDArray[np.bool_]
    neighbours: NDArray[np.intp]


def superpixels_of(rgb: NDArray[np.uint8]) -> Superpixels:
    """The superpixels of an image [H, W, 3]."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    ids = slic(
        lab,
        COUNT,
        compactness=10,
        convert2lab=False,
        start_label=0,
        enforce_connectivity=True,
    )
    count = int(ids.max()) + 1
    sizes = np.maximum(np.bincount(ids.ravel(), minlength=count), 1)
    rows, columns = np.indices(ids.shape)

    def means(values: list[NDArray[np.generic]]) -> Array:
        sums = [np.bincount(ids.ravel(), value.ravel(), count) for value in values]
        return np.stack([total / sizes for total in sums], axis=1)

    on_border = np.zeros(count, bool)
    on_border[np.concatenate([ids[0], ids[-1], ids[:, 0], ids[:, -1]])] = True
    return Superpixels(
        ids=ids,
        colours=means([lab[..., channel] for channel in range(3)]),
        centres=means([columns, rows]),
        on_border=on_border,
        neighbours=_neighbours(ids, count),
    )


def _neighbours(ids: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Pairs [2, m] of superpixels that touch, the lower id first.

    Args:
        ids: [H, W], the patch of each pixel.
        count: of the patches.
    """
    touch = np.zeros((count, count), bool)
    touch[ids[:, :-1], ids[:, 1:]] = True
    touch[ids[:-1], ids[1:]] = True
    return pairs_of(touch | touch.T)


def pairs_of(table: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Pairs [2, m] for which a symmetric table [n, n] is true, the lower id first, in order.

    A table is ten times as fast as sorting the pairs of all pixels.
    """
    return np.stack(np.nonzero(np.triu(table, 1)))
