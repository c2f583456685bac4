"""What stages open of the data set that a pointer file names."""

from __future__ import annotations

from pathlib import Path

from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.stage import data_cache


def images_of(dataset: str, split: str) -> Images:
    """Images of one split of the data set that the pointer file `dataset` names."""
    return open_images(DatasetPointer.load(Path(dataset)), split, data_cache())


def truth_of(dataset: str, split: str) -> GroundTruth:
    """Ground truth of one split."""
    return open_ground_truth(DatasetPointer.load(Path(dataset)), split, data_cache())


def categories_of(dataset: str) -> int:
    """Number of classes, K, which the benchmark gives."""
    return DatasetPointer.load(Path(dataset)).categories
