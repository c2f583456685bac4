"""What one image scores (method 15.4): image accuracy, F-measure, and a mean IoU of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pass_ops.data.ids import Ids
from pass_ops.evaluation.scoring.counts import Counts, ImageCounts
from pass_ops.evaluation.scoring.matching import Matching


@dataclass(frozen=True)
class ImageScores:
    """What one image scored, fractions 0..1.

    Attributes:
        miou: mean IoU over the ids of its truth or prediction.
        f: F-measure of foreground against background.
        correct: whether its largest predicted class occurs in the truth.
    """

    miou: float
    f: float
    correct: bool


@dataclass(frozen=True)
class ImageRecord:
    """What is stored of an image until the matching is known, in small integers.

    Attributes:
        truth, labels: int16 [R] and [C], the ids that it has.
        pixels: int32 [R, C], pixels by truth and label.
    """

    truth: Ids
    labels: Ids
    pixels: Counts


def record_of(image: ImageCounts) -> ImageRecord:
    """The part of an image's counts that its own scores need."""
    return ImageRecord(
        image.truth.astype(np.int16), image.labels.astype(np.int16), image.pixels.astype(np.int32)
    )


def score_image(image: ImageRecord, matching: Matching) -> ImageScores:
    """The scores of an image with its labels renamed to classes.

    Args:
        image: its counts.
        matching: of clusters to classes.
    """
    predicted = np.array((0, *matching.classes))[image.labels]
    # Plain numbers: an image has few ids, for which arrays are slow.
    rows = dict(zip(image.truth.tolist(), image.pixels.tolist(), strict=True))
    areas = dict(zip(predicted.tolist(), image.pixels.sum(axis=0).tolist(), strict=True))
    columns = {cls: column for column, cls in enumerate(predicted.tolist())}
    return ImageScores(
        _present_miou(rows, areas, columns),
        f_measure(image.pixels, image.truth, predicted),
        _names_a_class(rows, areas),
    )


def f_measure(pixels: Counts, truth: Ids, labels: Ids) -> float:
    """F-measure of one image, beta^2 = 0.3; 0 when the foregrounds (ids 1..K) share nothing.

    1.3 * precision * recall / (0.3 * precision + recall) = 1.3 * shared / (0.3 * actual +
    predicted).

    Args:
        pixels: [R, C], by truth and label.
        truth, labels: the ids of rows and columns; a matching would make no difference.
    """
    actual, predicted = pixels[truth > 0], pixels[:, labels > 0]
    shared = int(actual[:, labels > 0].sum())
    return 1.3 * shared / (0.3 * int(actual.sum()) + int(predicted.sum())) if shared else 0.0


def _names_a_class(rows: Mapping[int, list[int]], areas: Mapping[int, int]) -> bool:
    """Whether the largest predicted class, the lowest of equals, occurs in the truth.

    Args:
        rows: pixels by prediction of each id of the truth.
        areas: pixels of each predicted id.
    """
    candidates = [(-area, cls) for cls, area in areas.items() if cls > 0]
    return bool(candidates) and min(candidates)[1] in rows


def _present_miou(
    rows: Mapping[int, list[int]], areas: Mapping[int, int], columns: Mapping[int, int]
) -> float:
    """Mean IoU over the ids that truth or prediction have; 0 for an image without evaluated pixels.

    Args:
        rows: pixels by prediction of each id of the truth.
        areas, columns: pixels of each predicted id, and its place in the rows.
    """
    ious = []
    for cls in rows.keys() | areas.keys():
        shared = rows[cls][columns[cls]] if cls in rows and cls in columns else 0
        ious.append(shared / (sum(rows.get(cls, ())) + areas.get(cls, 0) - shared))
    return math.fsum(ious) / len(ious) if ious else 0.0
