"""Clustering 3: again, on the images that the distances of clustering 2 trust (method 6.6)."""

from __future__ import annotations

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.clusters import assign
from pass_ops.clustering.files import load_features, save_clusters
from pass_ops.clustering.kmeans import checked_rows
from pass_ops.clustering.recluster import iterate_selection
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.paths import (
    CentroidsPath,
    ClusterLabelsPath,
    FeaturesPath,
    SelectedLabelsPath,
)
from pass_ops.tracking.tracker import Tracker

STAGE = "cluster_3"


def cluster_selected(
    *,
    features: FeaturesPath,
    previous: CentroidsPath,
    kmeans: ClusteringConfig,
    selection: DistanceSelectionConfig,
    selected_2: SelectedLabelsPath,
    selected_3: SelectedLabelsPath,
    centroids: CentroidsPath,
    labels: ClusterLabelsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Select images and cluster these, until hardly a label changes.

    Args:
        features: descriptors that clustering 2 wrote.
        previous: its centroids, whose ids the new clusters keep.
        kmeans, selection: settings of both steps.
        selected_2, selected_3: parquet files to write, what distances in clusterings 2 and 3 keep.
        centroids, labels: folder and parquet file to write; labels are of all images.
        tracker: gets the result and the label space.
        shards: what is done already.

    Returns:
        Metrics of the clusters, rounds, coverage of clustering 3's selection, part of the labels
        that the last round changed.

    Raises:
        ArtifactError: see `iterate_selection`.
    """
    keys, descriptors = load_features(features)
    start = Centroids.load(previous)
    iteration = iterate_selection(
        features=descriptors,
        keys=keys,
        clusters=assign(checked_rows(descriptors), start.values, start.objectives),
        label_space=start.label_space,
        config=selection,
        kmeans=kmeans,
        shards=shards,
    )
    iteration.first.save(selected_2)
    iteration.last.save(selected_3)
    metrics = save_clusters(
        keys=keys,
        clusters=iteration.clusters,
        label_space=start.label_space,
        centroids=centroids,
        labels=labels,
        previous=start.values,
    )
    metrics |= {
        "rounds": float(len(iteration.changes)),
        "coverage": len(iteration.last) / len(keys),
        "changed": iteration.changes[-1] if iteration.changes else 0.0,
    }
    tracker.metrics(metrics)
    tracker.tag("label_space", start.label_space)
    return metrics
