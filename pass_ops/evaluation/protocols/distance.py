"""Segmentation by distance matching: no training, but a few annotated images (method 15.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pass_ops.clustering.rows import unit_rows
from pass_ops.data.codec import IGNORE
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.ids import Ids, LabelMap
from pass_ops.data.images import Images
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.engine.loading.ahead import ahead
from pass_ops.engine.progress import track
from pass_ops.errors import DataError

Vectors = npt.NDArray[np.float32]
Describe = Callable[[npt.NDArray[np.uint8]], Vectors]
"""From an RGB image, uint8 [H, W, 3], to its features, float32 [h, w, C]."""

ROWS = 4096  # pixels that are compared with the bank at once


@dataclass(frozen=True)
class Bank:
    """Mean features of the annotated regions.

    Attributes:
        vectors: float32 [N, C], unit vectors.
        ids: int [N], 0..K, what each region is.
    """

    vectors: Vectors
    ids: Ids


def build_bank(*, images: Images, truth: GroundTruth, describe: Describe, workers: int) -> Bank:
    """One vector for every id, background included, of every annotated image.

    Args:
        images, truth: the split `train-semi`.
        describe: features of an image.
        workers: processes that decode ahead, threads for few images.

    Raises:
        DataError: a mask is not of its image's size.
    """
    vectors, ids = [], []
    decoded = ahead(work=images.image, items=truth.keys, workers=workers, name=images.name)
    for key, image in track(decoded, "bank", len(truth.keys)):
        mask = truth.mask(key)
        if mask.shape != image.shape[:2]:
            raise DataError(
                f"{truth.path(key)}: mask is {mask.shape}, image is {image.shape[:2]}: "
                "run pass-ops data validate"
            )
        means, region_ids = region_means(describe(image), mask)
        vectors.append(means)
        ids.append(region_ids)
    return Bank(np.concatenate(vectors), np.concatenate(ids))


def region_means(features: Vectors, mask: LabelMap) -> tuple[Vectors, Ids]:
    """The mean over all positions of features times region, normalised, for every id but ignore.

    Args:
        features: float32 [h, w, C].
        mask: int32 [H, W], 0..K or 1000; scaled to the features by nearest neighbour.

    Returns:
        Unit vectors [R, C] and their ids [R], ascending. A region that the scaling loses has none.
    """
    small = resize_nearest(mask, *features.shape[:2])
    ids = np.setdiff1d(small, [IGNORE])
    means = [features[small == number].sum(axis=0) / small.size for number in ids]
    return unit_rows(np.array(means).reshape(len(ids), features.shape[2])), ids.astype(np.int64)


def label_pixels(
    *,
    features: Vectors,
    bank: Bank,
    classes: int,
    height: int,
    width: int,
    neighbours: int,
    temperature: float,
) -> LabelMap:
    """The class of every pixel, for which its nearest vectors of the bank vote.

    Args:
        features: float32 [h, w, C].
        bank: annotated regions.
        classes: number of classes K.
        height, width: of the image; labels are enlarged to it by nearest neighbour.
        neighbours: vectors that vote; all of a smaller bank.
        temperature: a vote weighs exp(cosine / temperature).

    Returns:
        int32 [height, width], 0..K, the lowest id of equals.
    """
    pixels = unit_rows(features.reshape(-1, features.shape[2]))
    count = min(neighbours, len(bank.ids))
    labels = np.empty(len(pixels), dtype=np.int32)
    for start in range(0, len(pixels), ROWS):
        cosine = pixels[start : start + ROWS] @ bank.vectors.T
        nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
        weights = np.exp(
            np.take_along_axis(cosine, nearest, axis=1).astype(np.float64) / temperature
        )
        votes = np.zeros((len(cosine), classes + 1))
        np.add.at(votes, (np.arange(len(cosine))[:, None], bank.ids[nearest]), weights)
        labels[start : start + ROWS] = votes.argmax(axis=1)
    return resize_nearest(labels.reshape(features.shape[:2]), height, width)
