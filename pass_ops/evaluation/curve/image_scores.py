"""What the threshold curve keeps of every single image: what occurs, the largest cluster, the
F-measure.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pass_ops.evaluation.scoring.counts import Ids
from pass_ops.evaluation.scoring.histogram import Counts
from pass_ops.evaluation.scoring.matching import Matching

PERCENTS = 101


class CurveImages:
    """Collects images. Each takes 8 bytes for every class and cluster that it has, and 808 for its
    largest clusters.

    An occurrence of id i (0-based) in image n is kept as n K + i.
    """

    def __init__(self, classes: int) -> None:
        self.classes, self.count = classes, 0
        self._f = np.zeros(PERCENTS)
        self._truth = array("q")
        # By percent: the clusters that occur up to there and no further, and those of the largest
        # area there.
        self._last = [array("q") for _ in range(PERCENTS)]
        self._largest = [array("q") for _ in range(PERCENTS)]

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
        # As in `score.f_measure`.
        self._f += 1.3 * both / np.maximum(0.3 * actual + areas.sum(axis=0), 1e-10)
        self._truth.extend((first + classes).tolist())
        seen = areas[:, 0] > 0  # Not under ignored pixels alone.
        _append(self._last, (areas[seen] > 0).sum(axis=1) - 1, first + clusters[seen])
        column, percent = np.nonzero(
            (areas == areas.max(axis=0, keepdims=True, initial=0)) & (areas > 0)
        )
        _append(self._largest, percent, first + clusters[column])

    def cooccurrence(self, percent: int) -> Counts:
        """Images by (cluster, class), int64 [K, K], in which the cluster occurs up to this percent
        and no further.
        """
        clusters = self._occurrences(self._last[percent])
        return (clusters.T @ self._occurrences(self._truth)).toarray()

    def accuracy(self, percent: int, matching: Matching) -> float:
        """Part of the images whose largest class (the lowest of equals) occurs in the truth."""
        image, cluster = np.divmod(
            np.frombuffer(self._largest[percent], dtype=np.int64), self.classes
        )
        winner = np.full(self.count, self.classes)
        np.minimum.at(winner, image, np.array(matching.classes)[cluster] - 1)
        some = winner < self.classes
        codes = (np.arange(self.count) * self.classes + winner)[some]
        return float(np.isin(codes, np.frombuffer(self._truth, dtype=np.int64)).sum() / self.count)

    def f(self, percent: int) -> float:
        """Mean F-measure."""
        return float(self._f[percent] / self.count)

    def _occurrences(self, codes: array[int]) -> csr_array:
        image, number = np.divmod(np.frombuffer(codes, dtype=np.int64), self.classes)
        return csr_array(
            (np.ones(len(image), np.int64), (image, number)), (self.count, self.classes)
        )


def _append(
    arrays: list[array[int]], percents: npt.NDArray[np.int64], codes: Iterable[np.int64]
) -> None:
    for percent, code in zip(percents.tolist(), codes, strict=True):
        arrays[percent].append(int(code))
