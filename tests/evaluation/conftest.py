"""The synthetic set's splits, and predictions that are its ground truth with the classes renamed to
clusters.
"""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.scoring.matching import Matching

CLUSTER_TO_CLASS = Matching((3, 1, 2, 6, 5, 4))


def write_labels(folder, labels):
    with LabelMapWriter(folder) as writer:
        for key, image_labels in labels.items():
            writer.write(key, image_labels)
    return LabelMaps(folder)


def renamed(truth):
    """Ground truth in cluster space: what a perfect network could predict. Ignored pixels become
    background.
    """
    clusters = np.argsort(np.array((0, *CLUSTER_TO_CLASS.classes)))
    masks = {key: truth.mask(key) for key in truth.keys}
    return {
        key: clusters[np.where(mask == 1000, 0, mask)].astype(np.int32)
        for key, mask in masks.items()
    }


@pytest.fixture(scope="session")
def splits(synthetic_data, tmp_path_factory):
    pointer, cache = locate(str(synthetic_data)), tmp_path_factory.mktemp("cache")
    names = ("validation", "test")
    return {
        name: Split(open_images(pointer, name, cache), open_ground_truth(pointer, name, cache))
        for name in names
    }


@pytest.fixture
def labels(splits):
    return renamed(splits["validation"].truth)
