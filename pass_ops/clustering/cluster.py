"""Clusterings 1 and 2: descriptors of all training images, k-means, labels (method 6)."""

from __future__ import annotations

from pass_ops.clustering.alignment import align, apply_permutation
from pass_ops.clustering.centroids import name_label_space
from pass_ops.clustering.clusters import Clusters, assign
from pass_ops.clustering.components import half_whitened
from pass_ops.clustering.features import extract_features
from pass_ops.clustering.files import Features, save_clusters, save_features
from pass_ops.clustering.kmeans import checked_rows, fit, kmeans
from pass_ops.clustering.label_means import label_means
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.rows import Rows
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.data.ids import Ids
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.models.features import load_feature_network
from pass_ops.paths import CentroidsPath, ClusterLabelsPath, FeaturesPath, WeightsPath
from pass_ops.tracking.tracker import Tracker

STAGE = "cluster"


def cluster(
    *,
    images: Images,
    weights: WeightsPath,
    categories: int,
    config: ClusteringConfig,
    features: FeaturesPath,
    centroids: CentroidsPath,
    labels: ClusterLabelsPath,
    tracker: Tracker,
    canonical: ClusterLabelsPath | None = None,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Cluster the training split by pooled descriptors.

    Args:
        images: the training split.
        weights: what `train_pixel_attention` wrote, or classifier h.
        categories: clusters to make: they are matched to the data set's categories one to one.
        config: what the network sees, and k-means.
        features, centroids, labels: folder, folder and parquet file to write.
        tracker: gets the result and the label space.
        canonical: labels of the clustering whose ids the new clusters take over; None for ids of
            their own.
        shards: what is done already.

    Returns:
        Objective, spread of the restarts' objectives, sizes of the smallest and largest cluster,
        and, where aligned, the part of the images that keep their canonical id.

    Raises:
        ArtifactError: see `kmeans`, `LabelTable` and `label_means`; `canonical` is of other images.
    """
    network = load_feature_network(weights)
    stage = f"{STAGE}_{1 if canonical is None else 2}"
    descriptors = extract_features(
        stage=stage, describe=network.describe, images=images, config=config, shards=shards
    )
    if canonical is None:
        clusters = _grouped(
            features=descriptors, categories=categories, config=config, shards=shards
        )
        label_space, agreement = name_label_space(clusters.centroids), {}
    else:
        table = LabelTable.load(canonical).ordered(images.keys)
        label_space, ids = table.label_space, table.labels
        clusters = _aligned(
            features=descriptors, ids=ids, categories=categories, config=config, shards=shards
        )
        agreement = {"agreement": float((clusters.assignment == ids).mean())}
    save_features(features, images.keys, descriptors)
    metrics = save_clusters(
        keys=images.keys,
        clusters=clusters,
        label_space=label_space,
        centroids=centroids,
        labels=labels,
    )
    metrics |= agreement
    tracker.metrics(metrics)
    tracker.tag("label_space", label_space)
    return metrics


def _aligned(
    *,
    features: Features,
    ids: Ids,
    categories: int,
    config: ClusteringConfig,
    shards: Shards | None,
) -> Clusters:
    """Clusters under the ids that the images have.

    Args:
        features: float32 [N, D].
        ids: int64 [N], 0..categories-1.
        categories: clusters to make.
        config: k-means, and where it begins.
        shards: what is done already.
    """
    if config.init == "random":
        clusters = _grouped(features=features, categories=categories, config=config, shards=shards)
    else:
        clusters = _warm(
            rows=checked_rows(features),
            ids=ids,
            categories=categories,
            config=config,
            shards=shards,
        )
    return apply_permutation(clusters, align(clusters.assignment, ids, categories))


def _grouped(
    *,
    features: Features,
    categories: int,
    config: ClusteringConfig,
    shards: Shards | None,
) -> Clusters:
    """Clusters under ids of their own, found in components where there are some; see `_aligned`."""
    if not config.components:
        return _random(features=features, categories=categories, config=config, shards=shards)
    rows = checked_rows(features)
    # A few directions hold most of the variance of so few images, and what they tell apart need not
    # be classes.
    groups = _random(
        features=half_whitened(rows, config.components),
        categories=categories,
        config=config,
        shards=shards,
    )
    return _warm(
        rows=rows, ids=groups.assignment, categories=categories, config=config, shards=shards
    )


def _random(
    *,
    features: Features,
    categories: int,
    config: ClusteringConfig,
    shards: Shards | None,
) -> Clusters:
    """K-means from random starts; see `_aligned`."""
    return kmeans(
        features=features,
        clusters=categories,
        iterations=config.iterations,
        restarts=config.restarts,
        seed=config.seed,
        shards=shards,
    )


def _warm(
    *,
    rows: Rows,
    ids: Ids,
    categories: int,
    config: ClusteringConfig,
    shards: Shards | None,
) -> Clusters:
    """K-means from the means of the images that share an id.

    Args:
        rows: float32 [N, D], as `checked_rows` has them.
        ids: int64 [N], 0..categories-1.
        categories, config, shards: see `_aligned`.
    """
    return assign(
        rows,
        *fit(
            rows=rows,
            clusters=categories,
            iterations=config.iterations,
            restarts=0,
            seed=config.seed,
            start=label_means(rows, ids, categories),
            shards=shards,
            part="warm",
        ),
    )
