"""Evaluation of a split's predictions against its ground truth (ALGORITHMS 15)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.label_maps import LabelMaps
from pass_ops.engine.progress import track
from pass_ops.errors import DataError
from pass_ops.evaluation.histogram import Counts, Labels
from pass_ops.evaluation.matching import Cooccurrence, Matching, Solver
from pass_ops.evaluation.metrics import ImageScores, Scores
from pass_ops.evaluation.regions import Ratios


@dataclass(frozen=True)
class Evaluation:
    """What a split's predictions scored.

    Attributes:
        metrics: every metric by its short name, 0..1, NaN for a size that no object has (see `metrics`).
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
    predictions: LabelMaps, truth: GroundTruth, matching: Matching | None = None, solver: Solver = "scipy"
) -> Evaluation:
    """Match and score.

    Args:
        predictions: label maps of the same images in cluster space: 0 is background, i is cluster i-1.
        truth: the split's ground truth.
        matching: the one found on validation; None finds it on these predictions.
        solver: see `matching.match`.

    Raises:
        DataError: predictions are missing, not of their image's size, or have ids above K; all of them are named.
    """
    cooccurrence = _check_and_count(predictions, truth)
    found = matching or cooccurrence.matching(solver)
    if len(found.classes) != len(truth.categories):
        raise DataError(
            f"matching has {len(found.classes)} classes, data set has {len(truth.categories)}: match on this data set"
        )
    scores = Scores(len(truth.categories))
    images = {
        key: scores.add(truth.mask(key), found.apply(predictions.read(key)))
        for key in track(truth.keys, "evaluate", len(truth.keys))
    }
    return Evaluation(
        metrics=scores.metrics(),
        matching=found,
        categories=truth.categories,
        iou=scores.regions.iou(),
        boundary_iou=scores.boundaries.iou(),
        confusion=scores.confusion,
        images=images,
    )


def _check_and_count(predictions: LabelMaps, truth: GroundTruth) -> Cooccurrence:
    """Read every prediction once: co-occurrence for the matching, or an error that names every bad one."""
    classes = len(truth.categories)
    cooccurrence = Cooccurrence(classes)
    predicted = set(predictions.keys)
    problems = [f"{key}: not an image of this split" for key in sorted(predicted - set(truth.keys))]
    for key in truth.keys:
        if key not in predicted:
            problems.append(f"{truth.path(key)}: no prediction")
            continue
        labels, mask = predictions.read(key), truth.mask(key)
        if problem := _problem(labels, mask, classes):
            problems.append(f"{truth.path(key)}: {problem}")
        else:
            cooccurrence.add(mask, labels)
    if problems:
        raise DataError(f"{len(problems)} predictions can't be evaluated, predict again: {'; '.join(problems)}")
    return cooccurrence


def _problem(labels: Labels, mask: Labels, classes: int) -> str | None:
    if labels.shape != mask.shape:
        return f"prediction is {_size(labels)}, image is {_size(mask)}"
    if labels.min() < 0 or labels.max() > classes:
        return f"ids {labels.min()}..{labels.max()}, expected 0..{classes}"
    return None


def _size(labels: Labels) -> str:
    height, width = labels.shape
    return f"{width}x{height}"
