"""Counts of a split, added up image by image, and its regions under any matching."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.evaluation.scoring.counts import Counts, ImageCounts
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.regions import RegionCounts
from pass_ops.evaluation.scoring.sizes import SIZES, size_of


class PairCounts:
    """Pixels of a split by truth and label; a matching picks its regions from these pairs.

    Args:
        classes: number of classes K.

    Attributes:
        together: int64 [K+1, K+1], pixels that count as shared if label and truth are matched.
        predicted: int64 [K+1], pixels by label.
        actual: int64 [K+1], pixels by truth.
    """

    def __init__(self, classes: int) -> None:
        self.together: Counts = np.zeros((classes + 1, classes + 1), dtype=np.int64)
        self.predicted: Counts = np.zeros(classes + 1, dtype=np.int64)
        self.actual: Counts = np.zeros(classes + 1, dtype=np.int64)

    def add(self, image: ImageCounts, rows: npt.NDArray[np.intp], boundaries: bool) -> None:
        """Add some ids of an image.

        Args:
            image: its counts.
            rows: int [R], places of the ids among those of the image's truth.
            boundaries: whether to add the boundary pixels instead of all.
        """
        ids = image.truth[rows]
        together, predicted = (
            (image.near_both, image.near_label) if boundaries else (image.pixels, image.pixels)
        )
        self.together[np.ix_(ids, image.labels)] += together[rows]
        self.predicted[image.labels] += predicted[rows].sum(axis=0)
        self.actual[ids] += image.near_truth[rows] if boundaries else image.pixels[rows].sum(axis=1)

    def under(self, matching: Matching) -> RegionCounts:
        """The regions of the ids 0..K with labels renamed to classes."""
        order = label_of_class(matching)
        return RegionCounts(
            self.together[np.arange(len(order)), order], self.predicted[order], self.actual
        )


class SplitCounts:
    """`PairCounts` of all pixels and of boundaries, of the whole split and of each object size.

    Takes 80 (K+1)^2 bytes, however many images there are.

    Args:
        classes: number of classes K.
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.regions, self.boundaries = PairCounts(classes), PairCounts(classes)
        self.regions_by_size = {size: PairCounts(classes) for size in SIZES}
        self.boundaries_by_size = {size: PairCounts(classes) for size in SIZES}

    def add(self, image: ImageCounts) -> None:
        """Add an image.

        Each class counts with its size, the background with every size that the image has.
        """
        everything = np.arange(len(image.truth))
        self.regions.add(image, everything, boundaries=False)
        self.boundaries.add(image, everything, boundaries=True)
        areas = image.pixels.sum(axis=1)
        sizes = size_of(areas)
        for size in np.unique(sizes[image.truth > 0]):
            rows = np.flatnonzero((image.truth == 0) | (sizes == size))
            self.regions_by_size[SIZES[size]].add(image, rows, boundaries=False)
            self.boundaries_by_size[SIZES[size]].add(image, rows, boundaries=True)

    def confusion(self, matching: Matching) -> Counts:
        """int64 [K+1, K+1], pixels by truth (rows) and predicted class (columns)."""
        return self.regions.together[:, label_of_class(matching)]


def label_of_class(matching: Matching) -> npt.NDArray[np.intp]:
    """int [K+1], the label (0..K) that each class 0..K has before the matching."""
    return np.argsort((0, *matching.classes))
