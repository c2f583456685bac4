"""What stages open of the data set that a pointer file names."""

from __future__ import annotations

from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.stage import data_cache
from pass_ops.paths import PointerPath


def images_of(dataset: PointerPath, split: str) -> Images:
    """Images of one split.

    Args:
        dataset: pointer to the data set.
        split: train, validation, test or train-semi.
    """
    return open_images(DatasetPointer.load(dataset), split, data_cache())


def truth_of(dataset: PointerPath, split: str) -> GroundTruth:
    """Ground truth of one split, which nothing may be trained on (method 0.5).

    Args:
        dataset: pointer to the data set.
        split: as in `images_of`.
    """
    return open_ground_truth(DatasetPointer.load(dataset), split, data_cache())


def categories_of(dataset: PointerPath) -> int:
    """Number of classes, K, which the benchmark gives."""
    return DatasetPointer.load(dataset).categories
