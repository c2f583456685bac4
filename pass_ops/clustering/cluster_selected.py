"""Clustering 3: again on the images that the distances of clustering 2 trust (method 6.3,
6.6).
"""

from __future__ import annotations

from pathlib import Path

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.files import load_features, save_clusters
from pass_ops.clustering.kmeans import assign, checked_rows
from pass_ops.clustering.recluster import iterate_selection
from pass_ops.clustering.selection import save_selected
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.tracking.tracker import Tracker

STAGE = "cluster_3"


def cluster_selected(
    *,
    features: Path,
    previous: Path,
    kmeans: ClusteringConfig,
    selection: DistanceSelectionConfig,
    selected: Path,
    centroids: Path,
    labels: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Select images and cluster these, until hardly a label changes.

    Args:
        features: folder of descriptors that clustering 2 wrote.
        previous: folder of its centroids, whose ids the new clusters keep.
        selected, centroids, labels: parquet file, folder and parquet file to write; labels are of
            all images.

    Returns:
        Figures of the clusters, rounds, coverage of the last selection, part of the labels that the
        last round changed.

    Raises:
        ArtifactError: see `iterate_selection`.
    """
    keys, described = load_features(features)
    before = Centroids.load(previous)
    clusters = assign(checked_rows(described), before.values, before.objectives)
    found = iterate_selection(
        features=described,
        keys=keys,
        clusters=clusters,
        label_space=before.label_space,
        config=selection,
        kmeans=kmeans,
    )
    save_selected(selected, found.selected)
    figures = save_clusters(
        keys=keys,
        found=found.clusters,
        label_space=before.label_space,
        centroids=centroids,
        labels=labels,
    ) | {
        "rounds": float(len(found.changed)),
        "coverage": len(found.selected) / len(keys),
        "changed": found.changed[-1],
    }
    tracker.metrics(figures)
    tracker.tag("label_space", before.label_space)
    return figures
