"""What limits a score: masks, or the classes that they are given (method 15.9)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pass_ops.data.ids import Ids
from pass_ops.evaluation.scoring.counts import Counts
from pass_ops.evaluation.scoring.image_scores import ImageRecord
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.regions import RegionCounts


@dataclass(frozen=True, kw_only=True)
class Decomposition:
    """What a split would score if either were right, and how its objects compare without classes.

    Attributes:
        true_classes: regions if the predicted masks had the true classes.
        true_masks: regions if the true masks had the predicted classes.
        object_iou: IoU of foreground, mean over the images with an object, 0..1; NaN without any.
        no_object: part of these whose prediction is background alone, 0..1; NaN without any.
    """

    true_classes: RegionCounts
    true_masks: RegionCounts
    object_iou: float
    no_object: float


def decompose(images: Sequence[ImageRecord], matching: Matching) -> Decomposition:
    """Tell what limits the score of a split.

    Args:
        images: counts of each image.
        matching: of clusters to classes.
    """
    with_object = [image for image in images if (image.truth > 0).any()]
    return Decomposition(
        true_classes=_with_true_classes(images, matching),
        true_masks=_with_true_masks(images, matching),
        object_iou=_mean([_foreground_iou(image) for image in with_object]),
        no_object=_mean([not (image.labels > 0).any() for image in with_object]),
    )


def _with_true_classes(images: Sequence[ImageRecord], matching: Matching) -> RegionCounts:
    """Regions of a split if every predicted mask had the class of the object that it covers most.

    A mask beside every object gets the class of its image's largest one; where an image has no
    object, masks keep their classes.

    Args:
        images: counts of each image.
        matching: of clusters to classes.
    """
    confusion = _confusion(matching)
    for image in images:
        classes = np.array((0, *matching.classes))[image.labels]
        names = _names(own=classes, others=image.truth, pixels=image.pixels.T, alone=classes)
        np.add.at(confusion, np.ix_(image.truth, names), image.pixels)
    return _regions(confusion)


def _with_true_masks(images: Sequence[ImageRecord], matching: Matching) -> RegionCounts:
    """Regions of a split if every true mask had the class that is predicted on most of it.

    Where nothing is predicted on it, it gets its image's largest predicted class; where an image
    has no prediction, its objects are lost to background.

    Args:
        images: counts of each image.
        matching: of clusters to classes.
    """
    confusion = _confusion(matching)
    for image in images:
        names = _names(
            own=image.truth,
            others=np.array((0, *matching.classes))[image.labels],
            pixels=image.pixels,
            alone=np.zeros_like(image.truth),
        )
        np.add.at(confusion, (image.truth, names), image.pixels.sum(axis=1))
    return _regions(confusion)


def _names(*, own: Ids, others: Ids, pixels: Counts, alone: Ids) -> Ids:
    """For each region of an image, the id of the other map's region that it shares most with.

    Args:
        own: int [A], ids of the regions to be named; 0 stays 0.
        others: int [B], ids of the other map's regions; 0 names none.
        pixels: int [A, B], shared by the two.
        alone: int [A], the names where the other map has no region.
    """
    present = np.flatnonzero(others > 0)
    if not present.size:
        return alone
    shared = pixels[:, present]
    largest = pixels.sum(axis=0)[present].argmax()
    choice = np.where(shared.any(axis=1), shared.argmax(axis=1), largest)
    return np.where(own > 0, others[present][choice], 0)


def _foreground_iou(image: ImageRecord) -> float:
    """IoU of the foregrounds of truth and prediction of an image with an object."""
    actual, predicted = image.truth > 0, image.labels > 0
    shared = int(image.pixels[actual][:, predicted].sum())
    union = int(image.pixels.sum()) - int(image.pixels[~actual][:, ~predicted].sum())
    return shared / union


def _confusion(matching: Matching) -> Counts:
    """No pixels yet, int64 [K+1, K+1], by truth and prediction."""
    size = len(matching.classes) + 1
    return np.zeros((size, size), dtype=np.int64)


def _regions(confusion: Counts) -> RegionCounts:
    """The regions of pixels [K+1, K+1] by truth and prediction."""
    return RegionCounts(confusion.diagonal(), confusion.sum(axis=0), confusion.sum(axis=1))


def _mean(values: Sequence[float]) -> float:
    """NaN of no values."""
    return float(np.mean(values)) if values else math.nan
