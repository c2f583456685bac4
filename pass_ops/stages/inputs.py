"""What stages open of the data set that a pointer file names.

Each imports what it opens itself: all stages are declared where one starts, or its help is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.stage import data_cache
from pass_ops.errors import DataError
from pass_ops.paths import PointerPath

if TYPE_CHECKING:
    from pass_ops.data.ground_truth import GroundTruth
    from pass_ops.data.images import Images


def images_of(dataset: PointerPath, split: str) -> Images:
    """Images of one split, or of several together.

    Args:
        dataset: pointer to the data set.
        split: see `data.images.open_images`.
    """
    from pass_ops.data.images import open_images

    return open_images(DatasetPointer.load(dataset), split, data_cache())


def truth_of(dataset: PointerPath, split: str) -> GroundTruth:
    """Ground truth of one split, which nothing may be trained on (method 0.5).

    Args:
        dataset: pointer to the data set.
        split: train, validation, test or train-semi.
    """
    from pass_ops.data.ground_truth import open_ground_truth

    return open_ground_truth(DatasetPointer.load(dataset), split, data_cache())


def clusters_of(dataset: PointerPath) -> int:
    """Number of clusters, K: that of the classes, or what `choose_clusters` settled on.

    Raises:
        DataError: the set has no classes, and it has not.
    """
    pointer = DatasetPointer.load(dataset)
    clusters = pointer.categories or pointer.clusters
    if not clusters:
        raise DataError(
            f"{dataset}: no number of clusters yet, and the set has no classes; "
            "run pass-ops choose-clusters first, with the same --output"
        )
    return clusters
