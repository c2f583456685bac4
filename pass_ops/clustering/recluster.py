"""Clustering again, on the images that a selection trusts (method 6.6, step 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pass_ops.clustering.alignment import align, apply_permutation
from pass_ops.clustering.kmeans import Clusters, assign, checked_rows, fit
from pass_ops.clustering.labels import label_table
from pass_ops.clustering.selection import select_by_distance
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.errors import ArtifactError


@dataclass(frozen=True)
class Iteration:
    """Attributes:
    selected: of `select_by_distance`, that the clusters were last made of.
    clusters: all images under the ids of the clusters that it began with.
    changed: fraction of images with a new label, round by round.
    """

    selected: pd.DataFrame
    clusters: Clusters
    changed: tuple[float, ...]


def iterate_selection(
    *,
    features: NDArray[np.float32],
    keys: Sequence[str],
    clusters: Clusters,
    label_space: str,
    config: DistanceSelectionConfig,
    kmeans: ClusteringConfig,
) -> Iteration:
    """Select by distance and cluster again, until labels are stable or `config.rounds` are over.

    Args:
        features: [N, D], one row for each of `keys`.
        clusters: of the same rows, with which to begin.
        label_space: of their ids; those of the result have the same meaning.

    Raises:
        ArtifactError: see `select_by_distance` and `recluster`.
    """
    changed: list[float] = []
    while True:
        selected = select_by_distance(
            label_table(tuple(keys), clusters, label_space), len(clusters.centroids), config
        )
        found = recluster(
            features=features, keys=keys, selected=selected, previous=clusters, kmeans=kmeans
        )
        changed.append(float((found.assignment != clusters.assignment).mean()))
        clusters = found
        if changed[-1] < config.stable or len(changed) == config.rounds:
            return Iteration(selected, clusters, tuple(changed))


def recluster(
    *,
    features: NDArray[np.float32],
    keys: Sequence[str],
    selected: pd.DataFrame,
    previous: Clusters,
    kmeans: ClusteringConfig,
) -> Clusters:
    """K-means on the selected images, each as often as it repeats, and the nearest centroid of all
    images.

    The best of `kmeans.restarts` random starts and a warm start from the previous centroids is
    taken.

    Args:
        features: [N, D], one row for each of `keys`.
        selected: columns key, repeat.
        previous: clusters of the same rows, whose ids the new ones take over.

    Raises:
        ArtifactError: a selected key that is not among `keys`, and see `kmeans.kmeans`.
    """
    place = pd.Index(keys).get_indexer(pd.Index(selected["key"]))
    if (place < 0).any():
        unknown = selected["key"][place < 0]
        raise ArtifactError(
            f"{len(unknown)} selected images (such as {unknown.iloc[0]}) have no features: select among the images clustered"
        )
    rows = checked_rows(features)
    multiset = rows[np.repeat(place, selected["repeat"])]
    count = len(previous.centroids)
    fitted = fit(
        rows=multiset,
        clusters=count,
        iterations=kmeans.iterations,
        restarts=kmeans.restarts,
        seed=kmeans.seed,
        start=previous.centroids,
    )
    found = assign(rows, *fitted)
    return apply_permutation(found, align(found.assignment, previous.assignment, count))
