"""Metrics by attention threshold, from one pass over the images (method 7.2, 7.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from pass_ops.data.ids import LabelMap
from pass_ops.evaluation.curve.attention_histogram import attention_histogram
from pass_ops.evaluation.curve.curve import PointScores
from pass_ops.evaluation.curve.curve_images import CurveImages
from pass_ops.evaluation.scoring.counts import Counts
from pass_ops.evaluation.scoring.matching import Matching, match
from pass_ops.evaluation.scoring.regions import RegionCounts

# Above, counts of 32 bits: 340 MB at 919 classes, where no class has 2**32 pixels.
MOST_CLASSES_64 = 300


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """Metrics at one threshold.

    Attributes:
        percent: the threshold, 0..100: pixels of lower attention count as background.
        miou, acc, f: fractions 0..1, as in `scoring.metrics`.
        matching: of clusters to classes there.
    """

    percent: int
    miou: float
    acc: float
    f: float
    matching: Matching


Point = TypeVar("Point", CurvePoint, PointScores)


def best_point(points: Iterable[Point]) -> Point:
    """The point with the largest mIoU, the lowest threshold of equals."""
    return max(points, key=lambda point: (point.miou, -point.percent))


class ThresholdCurve:
    """Collects one joint histogram per image over (attention in percent, truth, cluster).

    A pixel is foreground at t percent where `attention >= float32(t / 100)`. The matching is made
    anew for every t.

    Memory: 808 K^2 bytes for all images together, half of that above 300 classes and only for pairs
    of cluster and class that share a pixel; and some kB an image.

    Args:
        classes: number of classes K.
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

    def add(self, attention: npt.NDArray[np.float32], labels: LabelMap, truth: LabelMap) -> None:
        """Add an image.

        Args:
            attention: float32 [H, W], 0..1.
            labels: int32 [H, W], 1..K before any threshold (0 stays background at every threshold).
            truth: int32 [H, W], 0..K or 1000 (dropped).

        Raises:
            ValueError: the shapes differ, or a value is out of range.
        """
        # By percent, truth and label; a pixel counts at its own percent alone.
        histogram, truth_ids, label_ids = attention_histogram(
            attention=attention, labels=labels, truth=truth, classes=self.classes
        )
        self._actual[truth_ids] += histogram.sum(axis=(0, 2))
        clusters, is_class = label_ids[label_ids > 0] - 1, truth_ids > 0
        # By cluster, truth and percent, as all images are stored: one threshold after the other is
        # read from the last axis. Label 0 is background at every threshold.
        pixels = histogram[:, :, label_ids > 0].transpose(2, 1, 0)
        self._predicted[clusters] += pixels.sum(axis=1)
        self._background += pixels[:, ~is_class].sum(axis=(0, 1))
        self._pixels[np.ix_(clusters, truth_ids[is_class] - 1)] += pixels[:, is_class].astype(
            self._pixels.dtype
        )
        # Foreground at t percent is what has t percent or more: sums from the top, 100 %, down.
        # They are needed here at once, as scores of single images do not follow from sums over all.
        foreground = pixels[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
        self._images.add(
            clusters=clusters,
            classes=truth_ids[is_class] - 1,
            shared=foreground[:, is_class],
            predicted=foreground,
            actual=int(histogram[:, is_class].sum()),
        )

    def points(self, percents: Iterable[int]) -> list[CurvePoint]:
        """The curve, one point for each of `percents`.

        Args:
            percents: 0..100, in any order.
        """
        requests = tuple(percents)
        shape = (self.classes, self.classes)
        shared, together = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        predicted = np.zeros(self.classes, dtype=np.int64)
        background = int(self._actual[0])
        points: dict[int, CurvePoint] = {}
        # From the top down, each percent adds the pixels that it alone has.
        for percent in range(100, min(requests, default=101) - 1, -1):
            shared += self._pixels[:, :, percent]
            predicted += self._predicted[:, percent]
            background -= int(self._background[percent])
            together += self._images.cooccurrence(percent)
            if percent in requests:
                matching = match(together, shared)
                miou = self._miou(
                    shared=shared, predicted=predicted, background=background, matching=matching
                )
                points[percent] = CurvePoint(
                    percent=percent,
                    miou=miou,
                    acc=self._images.accuracy(percent, matching),
                    f=self._images.f(percent),
                    matching=matching,
                )
        return [points[percent] for percent in requests]

    def _miou(
        self, *, shared: Counts, predicted: Counts, background: int, matching: Matching
    ) -> float:
        """Mean IoU over 0..K at one threshold.

        Args:
            shared: int64 [K, K], foreground pixels by cluster and class.
            predicted: int64 [K], foreground pixels by cluster.
            background: pixels of the true background that are predicted as such.
            matching: of clusters to classes.
        """
        cluster_of = np.argsort(matching.classes)
        everything = int(self._actual.sum())
        return RegionCounts(
            shared=np.append(background, shared[cluster_of, np.arange(self.classes)]),
            predicted=np.append(everything - predicted.sum(), predicted[cluster_of]),
            actual=self._actual,
        ).mean()
