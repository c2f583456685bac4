"""The published evaluation's arithmetic, plainly: image by image, id by id (method 15).

What it uses is fast for what it is: NumPy's histogram, OpenCV's erosion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from munkres import Munkres
from scipy.optimize import linear_sum_assignment

Labels = npt.NDArray[np.int32]
Pair = tuple[Labels, Labels]
SIZES = ("s", "ms", "ml", "l")
IGNORE = 1000


def boundary(labels: Labels) -> Labels:
    """Ids + 1 where the pixel lies near another id or the border, else 0."""
    height, width = labels.shape
    steps = max(1, round(0.03 * math.hypot(height, width)))
    result = np.zeros_like(labels)
    for value in np.unique(labels):
        region = np.pad((labels == value).astype(np.uint8), 1)
        inner = cv2.erode(region, np.ones((3, 3), np.uint8), iterations=steps)[1:-1, 1:-1]
        result[(labels == value) & (inner == 0)] = value + 1
    return result


def count(*, truth: Labels, labels: Labels, first: int, bins: int) -> npt.NDArray[np.float64]:
    """Count the pixels of each id.

    Args:
        truth, labels: int32 [N] each.
        first: the first id to count.
        bins: number of ids.

    Returns:
        Float64 [3, bins]: where both agree, of the prediction, of the truth.
    """
    edges = np.arange(first, first + bins + 1)
    agreed = labels[labels == truth]
    return np.stack([np.histogram(ids, bins=edges)[0] for ids in (agreed, labels, truth)]).astype(
        np.float64
    )


def iou(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Intersection over union of each id, from what `count` returned."""
    return counts[0] / (counts[1] + counts[2] - counts[0] + 1e-10)


def match(pairs: Sequence[Pair], classes: int) -> npt.NDArray[np.int32]:
    """The class of each label 0..K by co-occurrence in images, int32 [K+1].

    Args:
        pairs: truth (0..K or 1000) and labels (0..K), int32 [H, W] each.
        classes: number of classes K.
    """
    together = np.zeros((classes, classes), dtype=np.int64)
    for truth, labels in pairs:
        known = truth != IGNORE
        for cluster in np.unique(labels[known]):
            for cls in np.unique(truth[known]):
                if cluster > 0 and cls > 0:
                    together[cluster - 1, cls - 1] += 1
    return np.append(0, linear_sum_assignment(-together)[1] + 1).astype(np.int32)


def region_metrics(pairs: Sequence[Pair], classes: int) -> dict[str, float]:
    """miou, acc and f of matched predictions.

    Args:
        pairs: truth (0..K or 1000) and labels (0..K), int32 [H, W] each.
        classes: number of classes K.
    """
    total = np.zeros((3, classes + 1))
    accuracy, f = 0.0, 0.0
    for truth, labels in pairs:
        known = truth != IGNORE
        truth, labels = truth[known], labels[known]
        total += count(truth=truth, labels=labels, first=0, bins=classes + 1)
        areas = np.histogram(labels, bins=np.arange(1, classes + 2))[0]
        accuracy += areas.max() > 0 and (truth == areas.argmax() + 1).any()
        shared = ((truth > 0) & (labels > 0)).sum()
        if shared:
            precision, recall = shared / (labels > 0).sum(), shared / (truth > 0).sum()
            f += 1.3 * precision * recall / (0.3 * precision + recall)
    return {"miou": float(iou(total).mean()), "acc": accuracy / len(pairs), "f": f / len(pairs)}


def all_metrics(pairs: Sequence[Pair], classes: int) -> dict[str, float]:
    """Every metric of matched predictions.

    Args:
        pairs: truth (0..K or 1000) and labels (0..K), int32 [H, W] each.
        classes: number of classes K.
    """
    sums = {
        f"{kind}_{size}": np.zeros((3, classes + 1))
        for kind in ("regions", "edges")
        for size in ("all", *SIZES)
    }
    for truth, labels in pairs:
        known = truth != IGNORE
        edges_truth, edges_labels = boundary(truth)[known], boundary(labels)[known]
        truth, labels = truth[known], labels[known]
        sums["regions_all"] += count(truth=truth, labels=labels, first=0, bins=classes + 1)
        sums["edges_all"] += count(
            truth=edges_truth, labels=edges_labels, first=1, bins=classes + 1
        )
        groups: dict[str, list[int]] = {}
        for cls in np.unique(truth[truth > 0]):
            percent = math.ceil(100 * (truth == cls).sum() / truth.size)
            groups.setdefault(SIZES[np.searchsorted((5, 25, 50), percent)], []).append(cls)
        for size, members in groups.items():
            inside = np.isin(truth, [0, *members])
            sums[f"regions_{size}"] += count(
                truth=truth[inside], labels=labels[inside], first=0, bins=classes + 1
            )
            sums[f"edges_{size}"] += count(
                truth=edges_truth[inside], labels=edges_labels[inside], first=1, bins=classes + 1
            )
    metrics = region_metrics(pairs, classes) | {
        "boundary_miou": float(iou(sums["edges_all"]).mean())
    }
    for size in SIZES:
        for kind, name in (("regions", "miou"), ("edges", "boundary_miou")):
            counts = sums[f"{kind}_{size}"]
            present = counts[2] > 0
            metrics[f"{name}_{size}"] = (
                float(iou(counts)[present].mean()) if present.any() else math.nan
            )
    return metrics


def munkres(together: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of the assignment with the largest total."""
    return list(Munkres().compute((-together).tolist()))
