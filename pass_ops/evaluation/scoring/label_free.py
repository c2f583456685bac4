"""What label maps tell without ground truth (method 24.13)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pass_ops.data.ids import LabelMap


def describe_maps(maps: Iterable[LabelMap], clusters: int) -> dict[str, float]:
    """What the label maps of a split look like.

    Args:
        maps: int32 [H, W] each, 0 background, else cluster id + 1; one at least.
        clusters: number of clusters K.

    Returns:
        shares in 0..1 of the pixels with an object and of the images with one; the mean number of
        clusters in an image; how many clusters are used, and their effective number.
    """
    pixels = np.zeros(clusters + 1, dtype=np.int64)
    ids_of_each: list[int] = []
    for labels in maps:
        counts = np.bincount(labels.ravel(), minlength=clusters + 1)
        pixels += counts
        ids_of_each.append(int((counts[1:] > 0).sum()))
    return {
        "foreground": float(pixels[1:].sum() / pixels.sum()),
        "images_with_objects": float(np.mean(np.array(ids_of_each) > 0)),
        "clusters_an_image": float(np.mean(ids_of_each)),
        "clusters_used": float((pixels[1:] > 0).sum()),
        "effective_clusters": effective_number(pixels[1:]),
    }


def effective_number(sizes: npt.NDArray[np.int64]) -> float:
    """exp of the entropy of shares: how many groups of equal size are as diverse.

    Args:
        sizes: of the groups, int64 [K]; 0 groups where all are empty.
    """
    shares = sizes[sizes > 0] / max(int(sizes.sum()), 1)
    return float(np.exp(-(shares * np.log(shares)).sum())) if len(shares) else 0.0
