"""The clustering stage: descriptors of all training images, k-means, labels (ALGORITHMS 6)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.clustering.centroids import Centroids, name_label_space
from pass_ops.clustering.features import extract_features, save_features
from pass_ops.clustering.kmeans import kmeans
from pass_ops.clustering.labels import label_table, save_labels
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.data.images import Images
from pass_ops.models.features import load_feature_network
from pass_ops.tracking.tracker import Tracker

STAGE = "cluster"


def cluster(
    images: Images,
    weights: Path,
    categories: int,
    config: ClusteringConfig,
    features: Path,
    centroids: Path,
    labels: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Cluster the training split by pooled descriptors.

    Args:
        weights: folder that `train_pixel_attention` wrote.
        categories: clusters to make: they are matched to the data set's categories one to one.
        features, centroids, labels: folder, folder and parquet file to write.

    Returns:
        Objective, spread of the restarts' objectives, and sizes of the smallest and largest cluster.

    Raises:
        ArtifactError: see `clustering.kmeans.kmeans`.
    """
    network = load_feature_network(weights)
    described = extract_features(STAGE, network.describe, images, config)
    found = kmeans(described, categories, config.iterations, config.restarts, config.seed)
    label_space = name_label_space(found.centroids)
    save_features(features, images.keys, described)
    Centroids(found.centroids, label_space, found.objectives).save(centroids)
    save_labels(labels, label_table(images.keys, found, label_space))
    sizes = np.bincount(found.assignment, minlength=len(found.centroids))
    figures = {
        "objective": min(found.objectives),
        "objective_spread": float(np.ptp(found.objectives)),
        "smallest_cluster": float(sizes.min()),
        "largest_cluster": float(sizes.max()),
    }
    tracker.metrics(figures)
    tracker.tag("label_space", label_space)
    return figures
