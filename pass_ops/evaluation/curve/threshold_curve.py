"""Metrics as a function of the attention threshold, from one pass over the images (method 7.2,
7.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.curve.attention_histogram import attention_histogram
from pass_ops.evaluation.curve.image_scores import CurveImages
from pass_ops.evaluation.scoring.histogram import Counts, Labels
from pass_ops.evaluation.scoring.matching import Matching, Solver, match
from pass_ops.evaluation.scoring.regions import RegionCounts

MOST_CLASSES_64 = (
    300  # Above, counts of 32 bits: 340 MB at 919 classes, where no class has 2**32 pixels.
)


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """Metrics (fractions 0..1) and matching with the pixels of attention below `percent` / 100 set
    to background.
    """

    percent: int
    miou: float
    acc: float
    f: float
    matching: Matching


def best_point(points: Iterable[CurvePoint]) -> CurvePoint:
    """The point with the largest mIoU, the lowest threshold of equals."""
    return max(points, key=lambda point: (point.miou, -point.percent))


class ThresholdCurve:
    """Collects one joint histogram per image over (attention in percent, truth, cluster).

    A pixel is foreground at t percent where `attention >= float32(t / 100)`. The matching is made
    anew for every t.
    Memory: 808 K^2 bytes for all images together, half of that above 300 classes and only for pairs
        of cluster and class
    that share a pixel; and some kB an image.
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        # By cluster, class, percent.
        self._pixels: npt.NDArray[Any] = np.zeros(
            (classes, classes, 101), dtype=np.int64 if classes <= MOST_CLASSES_64 else np.uint32
        )
        self._predicted: Counts = np.zeros((classes, 101), dtype=np.int64)  # by cluster
        self._background: Counts = np.zeros(101, dtype=np.int64)  # of the truth, under any cluster
        self._actual: Counts = np.zeros(classes + 1, dtype=np.int64)
        self._images = CurveImages(classes)

    def add(self, attention: npt.NDArray[np.float32], labels: Labels, truth: Labels) -> None:
        """Add an image.

        Args:
            attention: float32 [H, W], 0..1.
            labels: int32 [H, W], 1..K before any threshold (0 stays background at every threshold).
            truth: int32 [H, W], 0..K or 1000 (dropped).

        Raises:
            ValueError: the shapes differ, or a value is out of range.
        """
        pixels, actual, present = attention_histogram(
            attention=attention, labels=labels, truth=truth, classes=self.classes
        )
        self._actual[actual] += pixels.sum(axis=(0, 2))
        clusters, named = present[present > 0] - 1, actual > 0
        foreground = pixels[:, :, present > 0].transpose(2, 1, 0)
        self._predicted[clusters] += foreground.sum(axis=1)
        self._background += foreground[:, ~named].sum(axis=(0, 1))
        self._pixels[np.ix_(clusters, actual[named] - 1)] += foreground[:, named].astype(
            self._pixels.dtype
        )
        at_or_above = foreground[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
        self._images.add(
            clusters=clusters,
            classes=actual[named] - 1,
            shared=at_or_above[:, named],
            predicted=at_or_above,
            actual=int(pixels[:, named].sum()),
        )

    def points(self, percents: Iterable[int], solver: Solver = "scipy") -> list[CurvePoint]:
        """The curve at the given percents (0..100), one point each."""
        wanted = tuple(percents)
        shape = (self.classes, self.classes)
        shared, together = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        predicted = np.zeros(self.classes, dtype=np.int64)
        background = int(self._actual[0])
        found: dict[int, CurvePoint] = {}
        # From the top down, each percent adds the pixels that it alone has.
        for percent in range(100, min(wanted, default=101) - 1, -1):
            shared += self._pixels[:, :, percent]
            predicted += self._predicted[:, percent]
            background -= int(self._background[percent])
            together += self._images.cooccurrence(percent)
            if percent in wanted:
                matching = match(together, shared, solver)
                miou = self._miou(
                    shared=shared, predicted=predicted, background=background, matching=matching
                )
                found[percent] = CurvePoint(
                    percent=percent,
                    miou=miou,
                    acc=self._images.accuracy(percent, matching),
                    f=self._images.f(percent),
                    matching=matching,
                )
        return [found[percent] for percent in wanted]

    def _miou(
        self, *, shared: Counts, predicted: Counts, background: int, matching: Matching
    ) -> float:
        """Mean IoU over 0..K, from pixels by (cluster, class), by cluster, and of background left
        as such.
        """
        cluster_of = np.argsort(matching.classes)
        everything = int(self._actual.sum())
        return RegionCounts(
            shared=np.append(background, shared[cluster_of, np.arange(self.classes)]),
            predicted=np.append(everything - predicted.sum(), predicted[cluster_of]),
            actual=self._actual,
        ).mean()
