"""K-means on unit descriptors (ALGORITHMS 6.2)."""

from __future__ import annotations

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError

LEAST_NORM, MOST_NORM = 0.2, 1.0

Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Clusters:
    """Attributes:
    centroids: [K, D], means of unit vectors, not normalised themselves.
    assignment: [N], the nearest centroid of each row.
    distances: [N, K], squared Euclidean distances to the centroids.
    objectives: sum of squared distances that each restart reached, by the assignment before its last update of centroids;
        where there was a warm start, it comes first.
    permutation: present id of each id that k-means gave, where clusters were renamed.
    """

    centroids: Rows
    assignment: NDArray[np.int64]
    distances: Rows
    objectives: tuple[float, ...]
    permutation: tuple[int, ...] | None = None


def unit_rows(features: Rows) -> Rows:
    """Divide each row by its L2 norm + 1e-8."""
    return (features / (np.linalg.norm(features, axis=1, keepdims=True) + 1e-8)).astype(np.float32)


def kmeans(features: Rows, clusters: int, iterations: int, restarts: int, seed: int) -> Clusters:
    """Cluster the rows of `features` [N, D] by direction, over all of them, keeping the best of `restarts`.

    Raises:
        ArtifactError: see `checked_rows` and `fit`; a cluster without images.
    """
    rows = checked_rows(features)
    return assign(rows, *fit(rows, clusters, iterations, restarts, seed))


def checked_rows(features: Rows) -> Rows:
    """Unit rows of [N, D].

    Raises:
        ArtifactError: values that are not finite.
    """
    norms = np.linalg.norm(features, axis=1)
    if not np.isfinite(norms).all():
        bad = int((~np.isfinite(norms)).sum())
        raise ArtifactError(f"features of {bad} images are not finite: train the network again with a lower rate")
    return np.ascontiguousarray(unit_rows(features))


def fit(
    rows: Rows, clusters: int, iterations: int, restarts: int, seed: int, start: Rows | None = None
) -> tuple[Rows, tuple[float, ...]]:
    """The best centroids of `restarts` random starts, and of one from `start` [K, D] where given.

    Args:
        rows: unit rows [N, D]; a row counts as often as it occurs.

    Returns:
        Centroids [K, D] and the objectives of `Clusters`.

    Raises:
        ArtifactError: fewer rows than clusters, damaged centroids.
    """
    if len(rows) < clusters:
        raise ArtifactError(f"{len(rows)} images cannot form {clusters} clusters: use more training images")
    best: Rows | None = None
    objectives: list[float] = []
    warm = [] if start is None else [start]
    for restart, initial in enumerate([*warm, *[None] * restarts]):
        # One object per restart, so that each restart's objective is known. All points: faiss samples 256 per centroid
        # by default. It warns below 39 points per centroid, which small data sets are.
        engine = faiss.Kmeans(
            rows.shape[1],
            clusters,
            niter=iterations,
            seed=seed + restart - len(warm),
            max_points_per_centroid=len(rows),
            min_points_per_centroid=1,
        )
        objectives.append(float(engine.train(rows, init_centroids=initial)))
        if best is None or objectives[-1] < min(objectives[:-1]):
            # A copy: the array belongs to the object and dies with it (the published code's centroids were damaged so).
            best = np.array(engine.centroids, dtype=np.float32, copy=True)
    assert best is not None
    check_centroids(best, "k-means")
    return best, tuple(objectives)


def assign(rows: Rows, centroids: Rows, objectives: tuple[float, ...]) -> Clusters:
    """Give each unit row [N, D] its nearest centroid [K, D].

    Raises:
        ArtifactError: a centroid is no row's nearest.
    """
    distances = squared_distances(rows, centroids)
    assignment = distances.argmin(axis=1)
    empty = np.flatnonzero(np.bincount(assignment, minlength=len(centroids)) == 0)
    if len(empty):
        raise ArtifactError(
            f"cluster {empty[0]} has no images ({len(empty)} of {len(centroids)} clusters are empty): the features of the "
            f"{len(rows)} images differ too little; train the network for longer, or use more training images"
        )
    return Clusters(centroids, assignment, distances, objectives)


def squared_distances(rows: Rows, centroids: Rows) -> Rows:
    """Squared Euclidean distances [N, K]."""
    products = rows @ centroids.T
    squares = np.einsum("nd,nd->n", rows, rows)[:, None] + np.einsum("kd,kd->k", centroids, centroids)
    return np.maximum(squares - 2 * products, 0)


def check_centroids(centroids: Rows, source: str) -> None:
    """Refuse centroids that cannot be means of unit vectors.

    Raises:
        ArtifactError: values that are not finite, or a norm outside (0.2, 1.0].
    """
    norms = np.linalg.norm(centroids.astype(np.float64), axis=1)
    bad = np.flatnonzero(~np.isfinite(norms) | (norms <= LEAST_NORM) | (norms > MOST_NORM + 1e-5))
    if len(bad):
        shown = ", ".join(f"row {row} has norm {norms[row]:.3g}" for row in bad[:5])
        raise ArtifactError(
            f"{source}: {len(bad)} centroids are damaged or meaningless ({shown}; wanted above {LEAST_NORM}, at most 1): "
            "cluster again"
        )
