"""What the threshold curve keeps of every single image: what occurs, the largest cluster, the F-measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pass_ops.evaluation.counts import Ids
from pass_ops.evaluation.histogram import Counts
from pass_ops.evaluation.matching import Matching

Rows = npt.NDArray[np.int32]


class CurveImages:
    """Collects images for `CollectedImages`."""

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self._f = np.zeros(101)
        self._truth: list[Rows] = []
        self._last: list[Rows] = []
        self._largest: list[Rows] = []

    def add(self, clusters: Ids, classes: Ids, shared: Counts, predicted: Counts, actual: int) -> None:
        """Add an image.

        Args:
            clusters, classes: the C clusters and the R classes (0-based) that it has.
            shared: int64 [C, R, 101], pixels at or above each percent.
            predicted: int64 [C, *, 101], the same with those of the background's truth.
            actual: pixels of all classes.
        """
        image = len(self._truth)
        areas = predicted.sum(axis=1)
        both = shared.sum(axis=(0, 1))
        # As in `score.f_measure`.
        self._f += 1.3 * both / np.maximum(0.3 * actual + areas.sum(axis=0), 1e-10)
        column, percent = np.nonzero((areas == areas.max(axis=0, keepdims=True, initial=0)) & (areas > 0))
        self._largest.append(_rows(image, percent, clusters[column]))
        self._last.append(_rows(image, (areas > 0).sum(axis=1) - 1, clusters))
        self._truth.append(_rows(image, np.zeros_like(classes), classes))

    def collected(self) -> CollectedImages:
        """All images so far."""
        return CollectedImages(
            len(self._truth), self.classes, self._f, *map(np.concatenate, (self._truth, self._last, self._largest))
        )


@dataclass(frozen=True)
class CollectedImages:
    """Attributes:
    count, classes: images, and classes K.
    f_sum: float64 [101], sum of the F-measures at each percent.
    truth: rows (image, 0, class) of what occurs.
    last: rows (image, percent up to which the cluster occurs or -1, cluster).
    largest: rows (image, percent, cluster of the largest area); several where areas are equal.
    """

    count: int
    classes: int
    f_sum: npt.NDArray[np.float64]
    truth: Rows
    last: Rows
    largest: Rows

    def cooccurrence(self, percent: int) -> Counts:
        """Images by (cluster, class), int64 [K, K], in which the cluster's last percent is this one."""
        here = self.last[self.last[:, 1] == percent]
        clusters = csr_array((np.ones(len(here), np.int64), (here[:, 2], here[:, 0])), (self.classes, self.count))
        present = np.ones(len(self.truth), np.int64), (self.truth[:, 0], self.truth[:, 2])
        return (clusters @ csr_array(present, (self.count, self.classes))).toarray()

    def accuracy(self, percent: int, matching: Matching) -> float:
        """Part of the images whose largest class (the lowest of equals) occurs in the truth."""
        here = self.largest[self.largest[:, 1] == percent]
        winner = np.full(self.count, self.classes)
        np.minimum.at(winner, here[:, 0], np.array(matching.classes)[here[:, 2]] - 1)
        stride = self.classes + 1
        return float(np.isin(np.arange(self.count) * stride + winner, self.truth[:, 0] * stride + self.truth[:, 2]).mean())

    def f(self, percent: int) -> float:
        """Mean F-measure."""
        return float(self.f_sum[percent] / self.count)


def _rows(image: int, percent: npt.NDArray[np.integer[Any]], ids: npt.NDArray[np.integer[Any]]) -> Rows:
    return np.column_stack((np.full(len(ids), image), percent, ids)).astype(np.int32)
