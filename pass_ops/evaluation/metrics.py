"""The benchmark's metrics, accumulated image by image (ALGORITHMS 15.4).

All are fractions 0..1, where the benchmark prints percent.

| name | metric |
|---|---|
| miou | mean IoU over 0..K; an id that is absent from prediction and truth counts as 0 |
| acc | images whose largest predicted class occurs in the truth |
| f | F-measure of foreground against background, beta^2 = 0.3, mean over images |
| boundary_miou | mean IoU over 0..K of the boundary pixels |
| miou_s, _ms, _ml, _l | mean IoU by object size over the ids present; NaN when no object has the size |
| boundary_miou_s, ... | the same of the boundary pixels |
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.data.codec import IGNORE
from pass_ops.evaluation.boundary import boundary_mask
from pass_ops.evaluation.histogram import Counts, Labels, joint_histogram
from pass_ops.evaluation.regions import RegionCounts
from pass_ops.evaluation.sizes import SIZES, size_groups


@dataclass(frozen=True)
class ImageScores:
    """What one image scored: mean IoU over the ids of its truth or prediction, F-measure, image accuracy."""

    miou: float
    f: float
    correct: bool


class Scores:
    """Accumulates all metrics over a split.

    Attributes:
        confusion: int64 [K+1, K+1], pixels by truth (rows) and predicted class (columns).
        regions, boundaries: counts of all pixels, and of boundary pixels.
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.confusion: Counts = np.zeros((classes + 1, classes + 1), dtype=np.int64)
        self.regions, self.boundaries = RegionCounts(classes), RegionCounts(classes)
        self._regions_by_size = {size: RegionCounts(classes) for size in SIZES}
        self._boundaries_by_size = {size: RegionCounts(classes) for size in SIZES}
        self._images: list[ImageScores] = []

    def add(self, truth: Labels, prediction: Labels) -> ImageScores:
        """Add an image: int32 [H, W] each, truth 0..K or 1000 (dropped), prediction 0..K *after* the matching.

        Raises:
            ValueError: the shapes differ, or an id is out of range.
        """
        joint = joint_histogram(truth, prediction, self.classes)
        near_truth, near_prediction = boundary_mask(truth), boundary_mask(prediction)
        edges_predicted = joint_histogram(truth[near_prediction], prediction[near_prediction], self.classes)
        edges_actual = self._count(truth[near_truth])
        edges_shared = self._count(truth[near_truth & near_prediction & (truth == prediction)])

        actual, shared = joint.sum(axis=1), joint.diagonal()
        self.confusion += joint
        self.regions.add(shared, joint.sum(axis=0), actual)
        self.boundaries.add(edges_shared, edges_predicted.sum(axis=0), edges_actual)
        for size, ids in size_groups(actual).items():
            inside = np.isin(np.arange(self.classes + 1), ids)
            self._regions_by_size[size].add(shared * inside, joint[ids].sum(axis=0), actual * inside)
            self._boundaries_by_size[size].add(
                edges_shared * inside, edges_predicted[ids].sum(axis=0), edges_actual * inside
            )
        scores = ImageScores(_present_miou(joint), f_measure(joint), names_a_class(joint))
        self._images.append(scores)
        return scores

    def metrics(self) -> dict[str, float]:
        """All metrics by their short names, 0..1, NaN for a size that no object has."""
        boundaries = self._boundaries_by_size
        return {
            "miou": self.regions.mean(),
            "acc": float(np.mean([image.correct for image in self._images])),
            "f": float(np.mean([image.f for image in self._images])),
            "boundary_miou": self.boundaries.mean(),
            **{f"miou_{size}": counts.mean_over_present() for size, counts in self._regions_by_size.items()},
            **{f"boundary_miou_{size}": counts.mean_over_present() for size, counts in boundaries.items()},
        }

    def _count(self, truth: Labels) -> Counts:
        return np.bincount(truth[truth != IGNORE], minlength=self.classes + 1)


def f_measure(joint: Counts) -> float:
    """F-measure of one image, foreground (1..K) against background, beta^2 = 0.3; 0 when the foregrounds share nothing.

    1.3 * precision * recall / (0.3 * precision + recall) = 1.3 * shared / (0.3 * actual + predicted).
    """
    shared, predicted, actual = joint[1:, 1:].sum(), joint[:, 1:].sum(), joint[1:].sum()
    return float(1.3 * shared / (0.3 * actual + predicted)) if shared else 0.0


def names_a_class(joint: Counts) -> bool:
    """Whether the class with the largest predicted area (the lowest of equals) occurs in the truth."""
    areas = joint[:, 1:].sum(axis=0)
    largest = int(areas.argmax())
    return bool(areas[largest] > 0 and joint[largest + 1].any())


def _present_miou(joint: Counts) -> float:
    union = joint.sum(axis=0) + joint.sum(axis=1) - joint.diagonal()
    present = union > 0
    return float((joint.diagonal()[present] / union[present]).mean()) if present.any() else 0.0
