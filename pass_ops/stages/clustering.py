"""Step 2.2."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import categories_of, images_of


def cluster(dataset: str, weights: str, config: Settings, features: str, centroids: str, labels: str) -> Metadata:
    """Step 2.2: write descriptors, centroids and image labels of the training split."""
    from pass_ops.clustering.cluster import STAGE
    from pass_ops.clustering.cluster import cluster as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"),
            Path(weights),
            categories_of(dataset),
            build(ClusteringConfig, config),
            Path(features),
            Path(centroids),
            Path(labels),
            tracker,
        ),
        config,
        (features, centroids, labels),
        "objective",
    )
