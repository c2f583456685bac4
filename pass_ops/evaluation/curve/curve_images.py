"""What the threshold curve keeps of every image: what occurs, largest clusters, F-measure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pass_ops.data.ids import Ids
from pass_ops.evaluation.curve.attention_histogram import PERCENTS
from pass_ops.evaluation.scoring.counts import Counts
from pass_ops.evaluation.scoring.matching import Matching

COUNT = len(PERCENTS)


class CurveImages:
    """Collects the part of the curve that follows from single images.

    An occurrence of id i (0-based) in image n is stored as n K + i: 8 bytes for every class and
    cluster that an image has, and 808 for its largest cluster at each percent.

    Args:
        classes: number of classes K.
    """

    def __init__(self, classes: int) -> None:
        self.classes, self.count = classes, 0
        self._f = np.zeros(COUNT)
        self._truth = array("q")
        # By percent: the clusters that occur up to there and no further, and those of the largest
        # area there.
        self._last = [array("q") for _ in range(COUNT)]
        self._largest = [array("q") for _ in range(COUNT)]

    def add(
        self, *, clusters: Ids, classes: Ids, shared: Counts, predicted: Counts, actual: int
    ) -> None:
        """Add an image.

        Args:
            clusters, classes: the C clusters and the R classes (0-based) that it has.
            shared: int64 [C, R, 101], pixels at or above each percent.
            predicted: int64 [C, *, 101], the same with those of the background's truth.
            actual: pixels of all classes.
        """
        first = self.count * self.classes
        self.count += 1
        areas = predicted.sum(axis=1)
        both = shared.sum(axis=(0, 1))
        # As in `image_scores.f_measure`.
        self._f += 1.3 * both / np.maximum(0.3 * actual + areas.sum(axis=0), 1e-10)
        self._truth.extend((first + classes).tolist())
        visible = areas[:, 0] > 0  # Not under ignored pixels alone.
        _append(self._last, (areas[visible] > 0).sum(axis=1) - 1, first + clusters[visible])
        column, percent = np.nonzero(
            (areas == areas.max(axis=0, keepdims=True, initial=0)) & (areas > 0)
        )
        _append(self._largest, percent, first + clusters[column])

    def cooccurrence(self, percent: int) -> Counts:
        """Images in which a cluster occurs up to this percent and no further, beside a class.

        Args:
            percent: 0..100.

        Returns:
            int64 [K, K], by cluster and class.
        """
        clusters = self._occurrences(self._last[percent])
        return (clusters.T @ self._occurrences(self._truth)).toarray()

    def accuracy(self, percent: int, matching: Matching) -> float:
        """Part of the images whose largest class (the lowest of equals) occurs in the truth.

        Args:
            percent: of the threshold, 0..100.
            matching: of clusters to classes there.
        """
        image, cluster = np.divmod(
            np.frombuffer(self._largest[percent], dtype=np.int64), self.classes
        )
        winner = np.full(self.count, self.classes)
        np.minimum.at(winner, image, np.array(matching.classes)[cluster] - 1)
        # Without any foreground there is no winner.
        with_winner = winner < self.classes
        codes = (np.arange(self.count) * self.classes + winner)[with_winner]
        return float(np.isin(codes, np.frombuffer(self._truth, dtype=np.int64)).sum() / self.count)

    def f(self, percent: int) -> float:
        """Mean F-measure of the images at this percent."""
        return float(self._f[percent] / self.count)

    def _occurrences(self, codes: array[int]) -> csr_array:
        """Stored occurrences as a matrix, int64 [images, K], 1 where an image has an id."""
        image, number = np.divmod(np.frombuffer(codes, dtype=np.int64), self.classes)
        return csr_array(
            (np.ones(len(image), np.int64), (image, number)), (self.count, self.classes)
        )


def _append(
    arrays: list[array[int]], percents: npt.NDArray[np.int64], codes: Iterable[np.int64]
) -> None:
    """Append each code to the array of its percent.

    Args:
        arrays: one a percent.
        percents: int [N], 0..100.
        codes: N of them.
    """
    for percent, code in zip(percents.tolist(), codes, strict=True):
        arrays[percent].append(int(code))
