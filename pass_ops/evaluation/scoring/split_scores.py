"""Scores of a split: counts collected in one pass over its images, scored under any matching."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.evaluation.scoring.counts import Counts, ImageCounts
from pass_ops.evaluation.scoring.decompose import decompose
from pass_ops.evaluation.scoring.image_scores import (
    ImageRecord,
    ImageScores,
    record_of,
    score_image,
)
from pass_ops.evaluation.scoring.matching import Matching, Solver, match, match_by_iou
from pass_ops.evaluation.scoring.metrics import SPLIT_METRICS, MatchedSplit
from pass_ops.evaluation.scoring.totals import SplitCounts


@dataclass(frozen=True)
class SplitScores:
    """What a split scored under one matching.

    Attributes:
        metrics: every metric of `SPLIT_METRICS` by name, 0..1; NaN for a size that no object has.
        images: the scores of each image, in the order in which images were added.
    """

    metrics: dict[str, float]
    images: tuple[ImageScores, ...]


class Scores:
    """Collects the counts of a split's images, and scores them under any matching afterwards.

    Memory: 88 (K+1)^2 bytes for all images together, and some 500 bytes an image for its own
    scores.

    Args:
        classes: number of classes K.

    Attributes:
        counts: pixels of all images.
        cooccurrence: int64 [K, K], images in which cluster i and class j both occur, anywhere
            (method 15.2).
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self.counts = SplitCounts(classes)
        self.cooccurrence: Counts = np.zeros((classes, classes), dtype=np.int64)
        self._images: list[ImageRecord] = []

    def add(self, image: ImageCounts) -> None:
        """Add an image."""
        self.counts.add(image)
        self.cooccurrence[
            np.ix_(image.labels[image.labels > 0] - 1, image.truth[image.truth > 0] - 1)
        ] += 1
        self._images.append(record_of(image))

    def matching(self, solver: Solver = "scipy") -> Matching:
        """The benchmark's matching; see `matching.match`."""
        return match(self.cooccurrence, self.counts.regions.together[1:, 1:].T, solver)

    def matching_by_iou(self) -> Matching:
        """The matching by IoU of pixels, to be reported apart; see `matching.match_by_iou`."""
        regions = self.counts.regions
        return match_by_iou(regions.together[1:, 1:].T, regions.predicted[1:], regions.actual[1:])

    def under(self, matching: Matching) -> SplitScores:
        """Every metric with clusters renamed to classes by `matching`."""
        images = tuple(score_image(image, matching) for image in self._images)
        split = MatchedSplit(
            counts=self.counts,
            matching=matching,
            images=images,
            decomposition=decompose(self._images, matching),
        )
        return SplitScores({metric.name: metric.value(split) for metric in SPLIT_METRICS}, images)
