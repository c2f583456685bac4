"""Evaluation of a split's predictions against its ground truth (method 15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pass_ops.engine.progress import track
from pass_ops.errors import DataError
from pass_ops.evaluation.scoring.counts import Counts
from pass_ops.evaluation.scoring.image_scores import ImageScores
from pass_ops.evaluation.scoring.matching import Matching, Solver
from pass_ops.evaluation.scoring.metrics import PIXEL_MATCHED
from pass_ops.evaluation.scoring.reading import Predictions, Reader, Truth, read_counts
from pass_ops.evaluation.scoring.regions import Ratios
from pass_ops.evaluation.scoring.split_scores import Scores


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What a split's predictions scored.

    Attributes:
        metrics: every metric by its short name, 0..1, NaN for a size that no object has (see
            `metrics`); and `miou_pixel_matched`, the mIoU under a matching by pixel IoU, if the
            matching was found here.
        matching: the matching it was computed with.
        categories: names of the classes 1..K.
        iou, boundary_iou: float64 [K+1], 0..1, of the ids 0..K.
        confusion: int64 [K+1, K+1], pixels by truth (rows) and predicted class (columns).
        images: scores of each image by its key.
    """

    metrics: dict[str, float]
    matching: Matching
    categories: tuple[str, ...]
    iou: Ratios
    boundary_iou: Ratios
    confusion: Counts
    images: dict[str, ImageScores]


def evaluate(
    *,
    predictions: Predictions,
    truth: Truth,
    matching: Matching | None = None,
    solver: Solver = "scipy",
    workers: int = 1,
    show: Callable[[str], object] = print,
) -> Evaluation:
    """Match and score, in one pass over the images.

    Args:
        predictions: label maps of the same images in cluster space: 0 is background, i is cluster
            i-1.
        truth: the split's ground truth.
        matching: the one found on validation; None finds it on these predictions.
        solver: see `matching.match`.
        workers: processes that read and count images; 1 works in this one.
        show: given a line for each bad prediction or mask.

    Raises:
        DataError: predictions are missing, damaged, not of their image's size, or have ids above K;
            masks are damaged or have other ids than 0..K and 1000; or the matching is of another
            number of classes. Nothing is scored then.
    """
    classes = len(truth.categories)
    if matching is not None:
        matching.require(classes)
    problems = unpaired(predictions, truth)
    present = set(predictions.keys)
    keys = [key for key in truth.keys if key in present]
    scores = Scores(classes)
    readings = read_counts(Reader(predictions, truth), keys, workers)
    for counts in track(readings, "evaluate", len(keys)):
        if isinstance(counts, str):
            problems.append(counts)
        else:
            scores.add(counts)
    refuse(problems, show)
    permutation = matching or scores.matching(solver)
    split = scores.under(permutation)
    metrics = dict(split.metrics)
    if matching is None:
        by_iou = scores.matching_by_iou()
        metrics[PIXEL_MATCHED] = scores.counts.regions.under(by_iou).mean()
    return Evaluation(
        metrics=metrics,
        matching=permutation,
        categories=truth.names,
        iou=scores.counts.regions.under(permutation).iou(),
        boundary_iou=scores.counts.boundaries.under(permutation).iou(),
        confusion=scores.counts.confusion(permutation),
        images=dict(zip(truth.keys, split.images, strict=True)),
    )


def unpaired(predictions: Predictions, truth: Truth) -> list[str]:
    """A line for every prediction without an image, and for every image without a prediction.

    Args:
        predictions, truth: of one split.
    """
    present, images = set(predictions.keys), set(truth.keys)
    return [
        *(
            f"{key}: not an image of this split; remove it, or choose the split it belongs to"
            for key in sorted(present - images)
        ),
        *(
            f"{truth.path(key)}: no prediction; predict it"
            for key in truth.keys
            if key not in present
        ),
    ]


def refuse(problems: list[str], show: Callable[[str], object]) -> None:
    """Refuse bad predictions and masks, if there are any.

    Args:
        problems: a line for each.
        show: given every line.

    Raises:
        DataError: there is a problem; names the first.
    """
    for problem in problems:
        show(problem)
    if problems:
        more = f" ({len(problems)} problems in all, listed above)" if len(problems) > 1 else ""
        raise DataError(f"nothing is scored: {problems[0]}{more}")
