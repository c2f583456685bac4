"""The benchmark's metrics (method 15.4): the one table from which files, tables and pages follow.

A metric is a function of what was counted of a split, a fraction 0..1 (the benchmark prints
percent), and a row of `SPLIT_METRICS`. CONTRIBUTING.md says what a new one needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    # Tables and pages import the headings alone, and start faster without OpenCV and SciPy.
    from pass_ops.evaluation.scoring.decompose import Decomposition
    from pass_ops.evaluation.scoring.image_scores import ImageScores
    from pass_ops.evaluation.scoring.matching import Matching
    from pass_ops.evaluation.scoring.totals import SplitCounts


@dataclass(frozen=True, kw_only=True)
class MatchedSplit:
    """What metrics are computed from.

    Attributes:
        counts: pixels of all images, before the matching.
        matching: of clusters to classes.
        images: scores of each image under it.
        decomposition: what limits the score.
    """

    counts: SplitCounts
    matching: Matching
    images: Sequence[ImageScores]
    decomposition: Decomposition


@dataclass(frozen=True)
class Metric:
    """A metric of a split.

    Attributes:
        name: in metrics.json, result.json, MLflow and the metrics of a stage.
        heading: in tables and on pages.
        value: computes it; NaN where it has no value.
    """

    name: str
    heading: str
    value: Callable[[MatchedSplit], float]


def _miou(split: MatchedSplit) -> float:
    """Mean IoU over 0..K; an id that is absent from prediction and truth counts as 0."""
    return split.counts.regions.under(split.matching).mean()


def _accuracy(split: MatchedSplit) -> float:
    """Part of the images whose largest predicted class occurs in the truth."""
    return float(np.mean([image.correct for image in split.images]))


def _f_measure(split: MatchedSplit) -> float:
    """F-measure of foreground against background, beta^2 = 0.3, mean over images."""
    return float(np.mean([image.f for image in split.images]))


def _boundary_miou(split: MatchedSplit) -> float:
    """Mean IoU over 0..K of the boundary pixels."""
    return split.counts.boundaries.under(split.matching).mean()


def _miou_of(size: str) -> Callable[[MatchedSplit], float]:
    """Mean IoU of objects of one size over the ids present; NaN when no object has it."""
    return lambda split: (
        split.counts.regions_by_size[size].under(split.matching).mean_over_present()
    )


def _boundary_miou_of(size: str) -> Callable[[MatchedSplit], float]:
    """The same of the boundary pixels."""
    return lambda split: (
        split.counts.boundaries_by_size[size].under(split.matching).mean_over_present()
    )


def _miou_true_classes(split: MatchedSplit) -> float:
    """Mean IoU over 0..K if predicted masks had the true classes."""
    return split.decomposition.true_classes.mean()


def _miou_true_masks(split: MatchedSplit) -> float:
    """Mean IoU over 0..K if true masks had the predicted classes."""
    return split.decomposition.true_masks.mean()


def _object_iou(split: MatchedSplit) -> float:
    """IoU of foreground against background, mean over the images with an object."""
    return split.decomposition.object_iou


def _no_object(split: MatchedSplit) -> float:
    """Part of the images with an object in which nothing is predicted."""
    return split.decomposition.no_object


SPLIT_METRICS = (
    Metric("miou", "mIoU", _miou),
    Metric("acc", "image accuracy", _accuracy),
    Metric("f", "F-measure", _f_measure),
    Metric("boundary_miou", "boundary mIoU", _boundary_miou),
    Metric("miou_s", "mIoU, objects up to 5 %", _miou_of("s")),
    Metric("miou_ms", "mIoU, 5 to 25 %", _miou_of("ms")),
    Metric("miou_ml", "mIoU, 25 to 50 %", _miou_of("ml")),
    Metric("miou_l", "mIoU, above 50 %", _miou_of("l")),
    Metric("boundary_miou_s", "boundary mIoU, up to 5 %", _boundary_miou_of("s")),
    Metric("boundary_miou_ms", "boundary mIoU, 5 to 25 %", _boundary_miou_of("ms")),
    Metric("boundary_miou_ml", "boundary mIoU, 25 to 50 %", _boundary_miou_of("ml")),
    Metric("boundary_miou_l", "boundary mIoU, above 50 %", _boundary_miou_of("l")),
    Metric("miou_true_classes", "mIoU, true classes on these masks", _miou_true_classes),
    Metric("miou_true_masks", "mIoU, these classes on true masks", _miou_true_masks),
    Metric("object_iou", "object IoU, without classes", _object_iou),
    Metric("no_object", "images whose object is missed", _no_object),
)

DECOMPOSITION = ("miou_true_classes", "miou_true_masks", "object_iou", "acc", "no_object")
"""What tells whether masks or classes limit a score (method 15.9)."""

PIXEL_MATCHED = "miou_pixel_matched"
"""`miou` under a matching by IoU of pixels: not the benchmark's, and only where a matching is found
(`evaluate`).
"""

HEADINGS = {metric.name: metric.heading for metric in SPLIT_METRICS} | {
    PIXEL_MATCHED: "mIoU, matched by pixels (our own)"
}
"""Heading of every metric by its name, in the order in which tables list them."""
