"""Clusterings 1 and 2: descriptors of all training images, k-means, labels (method 6)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.clustering.alignment import Ids, align, apply_permutation
from pass_ops.clustering.centroids import name_label_space
from pass_ops.clustering.features import extract_features
from pass_ops.clustering.files import Features, save_clusters, save_features
from pass_ops.clustering.kmeans import Clusters, assign, checked_rows, fit, kmeans
from pass_ops.clustering.label_means import label_means
from pass_ops.clustering.labels import load_labels
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.data.images import Images
from pass_ops.models.features import load_feature_network
from pass_ops.tracking.tracker import Tracker

STAGE = "cluster"


def cluster(
    *,
    images: Images,
    weights: Path,
    categories: int,
    config: ClusteringConfig,
    features: Path,
    centroids: Path,
    labels: Path,
    tracker: Tracker,
    canonical: Path | None = None,
) -> dict[str, float]:
    """Cluster the training split by pooled descriptors.

    Args:
        weights: folder that `train_pixel_attention` wrote, or classifier h.
        categories: clusters to make: they are matched to the data set's categories one to one.
        features, centroids, labels: folder, folder and parquet file to write.
        canonical: labels of the clustering whose ids the new clusters take over; None for ids of
            their own.

    Returns:
        Objective, spread of the restarts' objectives, sizes of the smallest and largest cluster,
        and, where aligned, the part of the images that keep their canonical id.

    Raises:
        ArtifactError: see `clustering.kmeans.kmeans`, `clustering.labels.load_labels` and
            `clustering.label_means.label_means`.
    """
    network = load_feature_network(weights)
    stage = f"{STAGE}_{1 if canonical is None else 2}"
    described = extract_features(
        stage=stage, describe=network.describe, images=images, config=config
    )
    if canonical is None:
        found = kmeans(
            features=described,
            clusters=categories,
            iterations=config.iterations,
            restarts=config.restarts,
            seed=config.seed,
        )
        label_space, agreement = name_label_space(found.centroids), {}
    else:
        first = load_labels(canonical, images.keys)
        label_space, ids = str(first["label_space"].iloc[0]), first["label"].to_numpy(np.int64)
        found = _aligned(features=described, ids=ids, categories=categories, config=config)
        agreement = {"agreement": float((found.assignment == ids).mean())}
    save_features(features, images.keys, described)
    figures = (
        save_clusters(
            keys=images.keys,
            found=found,
            label_space=label_space,
            centroids=centroids,
            labels=labels,
        )
        | agreement
    )
    tracker.metrics(figures)
    tracker.tag("label_space", label_space)
    return figures


def _aligned(
    *, features: Features, ids: Ids, categories: int, config: ClusteringConfig
) -> Clusters:
    """Clusters under the ids that the images [N] have."""
    if config.start == "random":
        found = kmeans(
            features=features,
            clusters=categories,
            iterations=config.iterations,
            restarts=config.restarts,
            seed=config.seed,
        )
    else:
        rows = checked_rows(features)
        start = label_means(rows, ids, categories)
        found = assign(
            rows,
            *fit(
                rows=rows,
                clusters=categories,
                iterations=config.iterations,
                restarts=0,
                seed=config.seed,
                start=start,
            ),
        )
    return apply_permutation(found, align(found.assignment, ids, categories))
