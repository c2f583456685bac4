"""Clusterings 1 and 2: descriptors of all training images, k-means, labels (method 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.clustering.alignment import align, apply_permutation
from pass_ops.clustering.centroids import name_label_space
from pass_ops.clustering.clusters import Clusters, assign, nearest_centroids
from pass_ops.clustering.components import half_whitened
from pass_ops.clustering.features import extract_features
from pass_ops.clustering.files import Features, save_clusters, save_features
from pass_ops.clustering.kmeans import checked_rows, fit, kmeans
from pass_ops.clustering.label_means import label_means
from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.rows import Rows
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.data.ids import Ids
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.models.features import load_feature_network
from pass_ops.paths import (
    CentroidsPath,
    ClusterLabelsPath,
    FeaturesPath,
    InferredLabelsPath,
    WeightsPath,
)
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
    inferred: InferredLabelsPath | None = None,
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
        inferred: labels of a classifier of these clusters, for `init: inferred`.
        shards: what is done already.

    Returns:
        Objective, spread of the restarts' objectives, sizes of the smallest and largest cluster,
        and, where aligned, the part of the images that keep their canonical id.

    Raises:
        ArtifactError: see `kmeans`, `LabelTable`, `same_space` and `label_means`; `canonical` or
            `inferred` is of other images.
    """
    network = load_feature_network(weights)
    stage = f"{STAGE}_{1 if canonical is None else 2}"
    descriptors = extract_features(
        stage=stage, describe=network.describe, images=images, config=config, shards=shards
    )
    clustering = _Clustering(categories, config, shards)
    if canonical is None:
        clusters = clustering.grouped(descriptors)
        label_space, agreement = name_label_space(clusters.centroids), {}
    else:
        table = LabelTable.load(canonical).ordered(images.keys)
        label_space, ids = table.label_space, table.labels
        if config.init == "inferred" and inferred is not None:
            judged = LabelTable.load(inferred).ordered(images.keys)
            same_space({str(canonical): label_space, str(inferred): judged.label_space})
            clusters = clustering.named(descriptors, judged.labels, ids)
        else:
            clusters = clustering.aligned(descriptors, ids)
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


@dataclass(frozen=True)
class _Clustering:
    """K-means of the descriptors of all images.

    Attributes:
        categories: clusters to make.
        config: where k-means begins, and how often.
        shards: what is done already.
    """

    categories: int
    config: ClusteringConfig
    shards: Shards | None

    def grouped(self, features: Features) -> Clusters:
        """Clusters under ids of their own, found in components where the settings have some.

        Args:
            features: float32 [N, D].
        """
        if not self.config.components:
            return self._random(features)
        rows = checked_rows(features)
        # A few directions hold most of the variance of so few images, and what they tell apart need
        # not be classes.
        groups = self._random(half_whitened(rows, self.config.components))
        return self._warm(rows, groups.assignment)

    def aligned(self, features: Features, ids: Ids) -> Clusters:
        """Clusters under the ids that the images have.

        Args:
            features: float32 [N, D].
            ids: int64 [N], 0..categories-1.
        """
        if self.config.init == "random":
            clusters = self.grouped(features)
        else:
            clusters = self._warm(checked_rows(features), ids)
        return apply_permutation(clusters, align(clusters.assignment, ids, self.categories))

    def named(self, features: Features, labels: Ids, ids: Ids) -> Clusters:
        """Clusters around the means of the images that share a label, under the ids that they have.

        K-means would go back to the groups of descriptors that the classifier has left.

        Args:
            features: float32 [N, D].
            labels: int64 [N], 0..categories-1, of the classifier.
            ids: int64 [N], 0..categories-1, of the images that a cluster keeps whose label no image
                has.
        """
        rows = checked_rows(features)
        lost = np.setdiff1d(ids, labels)
        labels = np.where(np.isin(ids, lost), ids, labels)
        means = label_means(rows, labels, self.categories)
        nearest, distances = nearest_centroids(rows, means)
        if len(np.unique(nearest[:, 0])) < self.categories:
            return self._warm(rows, labels)
        return assign(rows, means, (float(distances[:, 0].sum()),))

    def _random(self, features: Features) -> Clusters:
        """K-means from random starts."""
        return kmeans(
            features=features,
            clusters=self.categories,
            iterations=self.config.iterations,
            restarts=self.config.restarts,
            seed=self.config.seed,
            shards=self.shards,
        )

    def _warm(self, rows: Rows, ids: Ids) -> Clusters:
        """K-means of checked rows from the means of the images that share an id."""
        return assign(
            rows,
            *fit(
                rows=rows,
                clusters=self.categories,
                iterations=self.config.iterations,
                restarts=0,
                seed=self.config.seed,
                start=label_means(rows, ids, self.categories),
                shards=self.shards,
                part="warm",
            ),
        )
