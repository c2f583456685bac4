"""The clusters of a table of rows, and the nearest ones of each row (method 6.4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.rows import Rows, chunks, squared_distances
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError

NEAREST = 3
"""Centroids whose distances are kept (method 6.4)."""


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """The clusters of N rows.

    Attributes:
        centroids: float32 [K, D], means of unit vectors, not normalised themselves.
        assignment: int64 [N], the nearest centroid of each row.
        nearest: int32 [N, M], ids of the M nearest centroids, by distance; M is 3, or K if that is
            less. The distances to all of them are not kept: at 919 clusters they would be as much
            as the descriptors.
        distances: float32 [N, M], squared Euclidean distances to these.
        objectives: sum of squared distances that each restart reached, by the assignment before its
            last update of centroids; where there was a warm start, it comes first. Only half of
            them went on to the end: see `fit`.
        permutation: present id of each id that k-means gave, where clusters were renamed.
    """

    centroids: Rows
    assignment: Ids
    nearest: NDArray[np.int32]
    distances: Rows
    objectives: tuple[float, ...]
    permutation: tuple[int, ...] | None = None


def assign(rows: Rows, centroids: Rows, objectives: tuple[float, ...]) -> Clusters:
    """Give each row its nearest centroid.

    Args:
        rows: float32 [N, D], unit rows.
        centroids: float32 [K, D].
        objectives: with which they were reached.

    Raises:
        ArtifactError: they are of different lengths, or a centroid is no row's nearest.
    """
    if rows.shape[1] != centroids.shape[1]:
        raise ArtifactError(
            f"descriptors of {rows.shape[1]} numbers have no distance to centroids of "
            f"{centroids.shape[1]}: give features and centroids of the same clustering"
        )
    nearest, distances = nearest_centroids(rows, centroids)
    assignment = nearest[:, 0].astype(np.int64)
    empty = np.flatnonzero(np.bincount(assignment, minlength=len(centroids)) == 0)
    if len(empty):
        raise ArtifactError(
            f"cluster {empty[0]} has no images ({len(empty)} of {len(centroids)} clusters are "
            f"empty): the features of the {len(rows)} images differ too little; train the network "
            "for longer, or use more training images"
        )
    return Clusters(
        centroids=centroids,
        assignment=assignment,
        nearest=nearest,
        distances=distances,
        objectives=objectives,
    )


def nearest_centroids(rows: Rows, centroids: Rows) -> tuple[NDArray[np.int32], Rows]:
    """What `nearest_of` says of each row, without ever holding all distances.

    Args:
        rows: float32 [N, D].
        centroids: float32 [K, D].
    """
    shape = len(rows), min(NEAREST, len(centroids))
    nearest, distances = np.empty(shape, np.int32), np.empty(shape, np.float32)
    for chunk in chunks(len(rows)):
        nearest[chunk], distances[chunk] = nearest_of(squared_distances(rows[chunk], centroids))
    return nearest, distances


def nearest_of(distances: Rows) -> tuple[NDArray[np.int32], Rows]:
    """Ids of the `NEAREST` clusters, and the distances to them, both [N, M] in ascending order.

    Args:
        distances: float32 [N, K], to all clusters; of equal ones the lower id comes first.
    """
    images, left = np.arange(len(distances)), distances.copy()
    nearest = np.empty((len(distances), min(NEAREST, distances.shape[1])), np.int32)
    for place in range(nearest.shape[1]):
        nearest[:, place] = left.argmin(axis=1)
        left[images, nearest[:, place]] = np.inf
    return nearest, np.take_along_axis(distances, nearest, axis=1)
