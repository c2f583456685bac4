"""The synthetic set's splits, and perfect predictions of one."""

from __future__ import annotations

import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.evaluation.diagnostics.baselines import Split
from tests.evaluation.predictions import renamed


@pytest.fixture(scope="session")
def splits(synthetic_data, tmp_path_factory):
    """Validation and test, by name."""
    pointer, cache = locate(str(synthetic_data)), tmp_path_factory.mktemp("cache")
    names = ("validation", "test")
    return {
        name: Split(open_images(pointer, name, cache), open_ground_truth(pointer, name, cache))
        for name in names
    }


@pytest.fixture
def labels(splits):
    """Perfect predictions on validation, in cluster space."""
    return renamed(splits["validation"].truth)
