"""Clustering again, on the images that a selection trusts (method 6.6, step 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pass_ops.clustering.alignment import align, apply_permutation
from pass_ops.clustering.cluster_labels import cluster_labels
from pass_ops.clustering.clusters import Clusters, assign
from pass_ops.clustering.kmeans import checked_rows, fit
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.rows import Rows, chunks, rows_on_disk
from pass_ops.clustering.selection import select_by_distance
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.data.ids import Ids
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.errors import ArtifactError


@dataclass(frozen=True, kw_only=True)
class Iteration:
    """Where selecting and clustering in turns has ended.

    Attributes:
        first, last: what `select_by_distance` keeps of the clusters that it began with, and of
            those that it ended with.
        clusters: all images under the ids of the clusters that it began with.
        changes: fraction of images with a new label, round by round.
    """

    first: LabelTable
    last: LabelTable
    clusters: Clusters
    changes: tuple[float, ...]


def iterate_selection(
    *,
    features: Rows,
    keys: Sequence[str],
    clusters: Clusters,
    label_space: str,
    config: DistanceSelectionConfig,
    kmeans: ClusteringConfig,
    shards: Shards | None = None,
) -> Iteration:
    """Select by distance and cluster again, until labels are stable or all rounds are over.

    Args:
        features: float32 [N, D], one row for each of `keys`.
        keys: of the images [N].
        clusters: of the same rows, with which to begin.
        label_space: of their ids; those of the result have the same meaning.
        config: of the selection, and when to end.
        kmeans: of the clustering.
        shards: what is done already.

    Raises:
        ArtifactError: see `select_by_distance` and `recluster`.
    """

    def selected(of: Clusters) -> LabelTable:
        table = cluster_labels(tuple(keys), of, label_space)
        return select_by_distance(table, len(of.centroids), config)

    changes: list[float] = []
    first = selection = selected(clusters)
    while len(changes) < config.max_rounds:
        previous = clusters
        clusters = recluster(
            features=features,
            keys=keys,
            selection=selection,
            previous=previous,
            kmeans=kmeans,
            shards=shards,
            part=f"restarts-of-round-{len(changes) + 1}",
        )
        changes.append(float((clusters.assignment != previous.assignment).mean()))
        selection = selected(clusters)
        if changes[-1] < config.convergence_tolerance:
            break
    return Iteration(first=first, last=selection, clusters=clusters, changes=tuple(changes))


def recluster(
    *,
    features: Rows,
    keys: Sequence[str],
    selection: LabelTable,
    previous: Clusters,
    kmeans: ClusteringConfig,
    shards: Shards | None = None,
    part: str = "restarts",
) -> Clusters:
    """K-means on selected images; every image gets its nearest centroid.

    The best of `kmeans.restarts` random starts and a warm start from the previous centroids is
    taken; the warm one alone where groups were found in components, which random starts would give
    up.

    Args:
        features: float32 [N, D], one row for each of `keys`.
        keys: of the images [N].
        selection: images that k-means sees, each as often as it repeats.
        previous: clusters of the same rows, whose ids the new ones take over.
        kmeans: settings.
        shards: what is done already.
        part: of the stage's work.

    Raises:
        ArtifactError: a selected key that is not among `keys`, and see `kmeans.kmeans`.
    """
    row_of = {key: row for row, key in enumerate(keys)}
    unknown = [key for key in selection.keys if key not in row_of]
    if unknown:
        raise ArtifactError(
            f"{len(unknown)} selected images (such as {unknown[0]}) have no features: "
            "select among the images clustered"
        )
    rows = checked_rows(features)
    places = np.array([row_of[key] for key in selection.keys])
    count = len(previous.centroids)
    centroids, objectives = fit(
        rows=_taken(rows, np.repeat(places, selection.repeats)),
        clusters=count,
        iterations=kmeans.iterations,
        restarts=0 if kmeans.components else kmeans.restarts,
        seed=kmeans.seed,
        start=previous.centroids,
        shards=shards,
        part=part,
    )
    clusters = assign(rows, centroids, objectives)
    return apply_permutation(clusters, align(clusters.assignment, previous.assignment, count))


def _taken(rows: Rows, places: Ids) -> Rows:
    """The rows at some places, on disk.

    Args:
        rows: float32 [N, D].
        places: int [M]; one may occur several times.
    """
    taken = rows_on_disk(len(places), rows.shape[1])
    for chunk in chunks(len(places)):
        taken[chunk] = rows[places[chunk]]
    return taken
