"""The synthetic set's splits, and perfect predictions of one."""

from __future__ import annotations

import pytest

from pass_ops.data.locate import locate
from tests.evaluation.predictions import renamed
from tests.evaluation.written_run import open_splits


@pytest.fixture(scope="session")
def splits(synthetic_data, tmp_path_factory):
    """Validation and test, by name."""
    return open_splits(locate(str(synthetic_data)), tmp_path_factory.mktemp("cache"))


@pytest.fixture
def labels(splits):
    """Perfect predictions on validation, in cluster space."""
    return renamed(splits["validation"].truth)
