"""Step 2.2: three clusterings in one label space."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import categories_of, images_of


def cluster(
    dataset: str, weights: str, config: Settings, features: str, centroids: str, labels: str
) -> Metadata:
    """Clustering 1: write descriptors, centroids and image labels of the training split."""
    return _cluster(dataset, weights, config, None, features, centroids, labels)


def cluster_aligned(
    dataset: str,
    weights: str,
    canonical: str,
    config: Settings,
    features: str,
    centroids: str,
    labels: str,
) -> Metadata:
    """Clustering 2: the same with other weights, under the ids of the labels `canonical`."""
    return _cluster(dataset, weights, config, Path(canonical), features, centroids, labels)


def _cluster(
    dataset: str,
    weights: str,
    config: Settings,
    canonical: Path | None,
    features: str,
    centroids: str,
    labels: str,
) -> Metadata:
    from pass_ops.clustering.cluster import STAGE
    from pass_ops.clustering.cluster import cluster as stage

    return run_stage(
        f"{STAGE}_{1 if canonical is None else 2}",
        lambda tracker: stage(
            images_of(dataset, "train"),
            Path(weights),
            categories_of(dataset),
            build(ClusteringConfig, config),
            Path(features),
            Path(centroids),
            Path(labels),
            tracker,
            canonical,
        ),
        config,
        (features, centroids, labels),
        "objective",
    )


def cluster_selected(
    features: str,
    previous: str,
    config: Settings,
    selection: Settings,
    selected: str,
    centroids: str,
    labels: str,
) -> Metadata:
    """Clustering 3: write the selection by distance, centroids of it, and labels of all images."""
    from pass_ops.clustering.cluster_selected import STAGE
    from pass_ops.clustering.cluster_selected import cluster_selected as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            Path(features),
            Path(previous),
            build(ClusteringConfig, config),
            build(DistanceSelectionConfig, selection),
            Path(selected),
            Path(centroids),
            Path(labels),
            tracker,
        ),
        {**config, "selection": selection},
        (selected, centroids, labels),
        "coverage",
    )
