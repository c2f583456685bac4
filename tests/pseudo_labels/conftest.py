"""A threshold search that several tests go on from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.config.pseudo_labels import ThresholdConfig
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.pseudo_labels.threshold import search_threshold
from pass_ops.tracking.tracker import NullTracker


@pytest.fixture(scope="session")
def searched(
    synthetic_data: Path,
    attention_weights: Path,
    clustered: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, float]]:
    """The folder of a threshold curve from 40 to 60 percent, and the stage's metrics."""
    folder = tmp_path_factory.mktemp("searched")
    pointer = locate(str(synthetic_data))
    metrics = search_threshold(
        images=open_images(pointer, "validation", folder),
        truth=open_ground_truth(pointer, "validation", folder),
        weights=attention_weights,
        centroids=clustered / "centroids",
        config=ThresholdConfig(min_percent=40, max_percent=60, resize=64),
        curve=folder / "curve",
        tracker=NullTracker(),
    )
    return folder / "curve", metrics
