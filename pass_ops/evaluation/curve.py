"""Metrics as a function of the attention threshold, from one pass over the images (ALGORITHMS 7.2, 7.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.attention_histogram import PERCENTS, attention_histogram
from pass_ops.evaluation.histogram import Counts, Labels
from pass_ops.evaluation.matching import Matching, Solver, match
from pass_ops.evaluation.regions import RegionCounts


@dataclass(frozen=True)
class CurvePoint:
    """Metrics (fractions 0..1) and matching with the pixels of attention below `percent` / 100 set to background."""

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

    A pixel is foreground at t percent where `attention >= float32(t / 100)`. The matching is made anew for every t.
    Memory: 808 (K+1)^2 bytes for all images together, and K + 1300 bytes an image.
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self._pixels: Counts = np.zeros((101, classes + 1, classes + 1), dtype=np.int64)
        self._f = np.zeros(101)
        self._truth: list[npt.NDArray[np.bool_]] = []
        self._last_percent: list[npt.NDArray[np.int8]] = []
        self._largest: list[npt.NDArray[np.int32]] = []

    def add(self, attention: npt.NDArray[np.float32], labels: Labels, truth: Labels) -> None:
        """Add an image.

        Args:
            attention: float32 [H, W], 0..1.
            labels: int32 [H, W], 1..K before any threshold (0 stays background at every threshold).
            truth: int32 [H, W], 0..K or 1000 (dropped).

        Raises:
            ValueError: the shapes differ, or a value is out of range.
        """
        pixels, actual, present = attention_histogram(attention, labels, truth, self.classes)
        self._pixels[np.ix_(PERCENTS, actual, present)] += pixels

        at_or_above = pixels[::-1].cumsum(axis=0)[::-1]
        foreground, clusters = at_or_above[:, :, present > 0], present[present > 0] - 1
        self._f += _f_measures(foreground[:, actual > 0], foreground, at_or_above[0, actual > 0])

        areas = foreground.sum(axis=1)
        percent, column = np.nonzero((areas == areas.max(axis=1, keepdims=True, initial=0)) & (areas > 0))
        image = np.full_like(percent, len(self._truth))
        self._largest.append(np.column_stack((image, percent, clusters[column])).astype(np.int32))
        last = np.full(self.classes, -1, dtype=np.int8)
        last[clusters] = (areas > 0).sum(axis=0) - 1
        self._last_percent.append(last)
        self._truth.append(np.isin(np.arange(1, self.classes + 1), actual))

    def points(self, percents: Iterable[int], solver: Solver = "scipy") -> list[CurvePoint]:
        """The curve at the given percents (0..100), one point each."""
        truth, last = np.array(self._truth), np.array(self._last_percent)
        largest = np.concatenate(self._largest)
        at_or_above = self._pixels[::-1].cumsum(axis=0)[::-1]
        everything = at_or_above[0].sum(axis=1)
        points = []
        for percent in percents:
            foreground = at_or_above[percent, :, 1:]
            together = (last >= percent).T.astype(np.float64) @ truth.astype(np.float64)
            matching = match(together.astype(np.int64), foreground[1:].T, solver)
            points.append(
                CurvePoint(
                    percent,
                    _miou(foreground, everything, matching),
                    _accuracy(largest[largest[:, 1] == percent], truth, matching),
                    float(self._f[percent] / len(truth)),
                    matching,
                )
            )
        return points


def _f_measures(shared: Counts, predicted: Counts, actual: Counts) -> npt.NDArray[np.float64]:
    """F-measure of one image at each percent (see `metrics.f_measure`), float64 [101]."""
    both = shared.sum(axis=(1, 2))
    return 1.3 * both / np.maximum(0.3 * actual.sum() + predicted.sum(axis=(1, 2)), 1e-10)


def _miou(foreground: Counts, everything: Counts, matching: Matching) -> float:
    """Mean IoU over 0..K from [K+1, K] pixels by (truth, cluster) above the threshold and [K+1] pixels of the truth."""
    classes = len(matching.classes)
    by_class = foreground[:, np.argsort(matching.classes)]
    background = everything - by_class.sum(axis=1)
    regions = RegionCounts(classes)
    regions.add(
        shared=np.append(background[0], by_class[1:].diagonal()),
        predicted=np.append(background.sum(), by_class.sum(axis=0)),
        actual=everything,
    )
    return regions.mean()


def _accuracy(largest: npt.NDArray[np.int32], truth: npt.NDArray[np.bool_], matching: Matching) -> float:
    """Image accuracy from rows (image, percent, cluster of the largest area) and [N, K], the classes in the truth."""
    nothing = truth.shape[1]
    winner = np.full(len(truth), nothing)
    np.minimum.at(winner, largest[:, 0], np.array(matching.classes)[largest[:, 2]] - 1)
    return float(np.pad(truth, ((0, 0), (0, 1)))[np.arange(len(truth)), winner].mean())
