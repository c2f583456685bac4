"""The benchmark's metrics (method 15.4).

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

from pass_ops.evaluation.scoring.counts import ImageCounts
from pass_ops.evaluation.scoring.histogram import Counts
from pass_ops.evaluation.scoring.matching import Matching, Solver, match, match_by_iou
from pass_ops.evaluation.scoring.score import ImageRecord, ImageScores, record_of, score_image
from pass_ops.evaluation.scoring.totals import SplitCounts


@dataclass(frozen=True)
class SplitScores:
    """What a split scored under one matching: metrics by name (NaN for a size no object has), and
    each image's.
    """

    metrics: dict[str, float]
    images: tuple[ImageScores, ...]


class Scores:
    """Collects the counts of a split's images, in one pass, and scores them under any matching
    afterwards.

    Memory: 88 (K+1)^2 bytes for all images together, and some 500 bytes an image for its own
        scores.

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
        counts = self.counts
        by_size = {f"miou_{size}": pairs for size, pairs in counts.regions_by_size.items()} | {
            f"boundary_miou_{size}": pairs for size, pairs in counts.boundaries_by_size.items()
        }
        return SplitScores(
            {
                "miou": counts.regions.under(matching).mean(),
                "acc": float(np.mean([image.correct for image in images])),
                "f": float(np.mean([image.f for image in images])),
                "boundary_miou": counts.boundaries.under(matching).mean(),
                **{
                    name: pairs.under(matching).mean_over_present()
                    for name, pairs in by_size.items()
                },
            },
            images,
        )
