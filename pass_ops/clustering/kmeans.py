"""K-means on unit descriptors (ALGORITHMS 6.2)."""

from __future__ import annotations

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError

LEAST_NORM, MOST_NORM = 0.2, 1.0


@dataclass(frozen=True)
class Clusters:
    """Attributes:
    centroids: [K, D], means of unit vectors, not normalised themselves.
    assignment: [N], the nearest centroid of each row.
    distances: [N, K], squared Euclidean distances to the centroids.
    objectives: sum of squared distances that each restart reached.
    """

    centroids: NDArray[np.float32]
    assignment: NDArray[np.int64]
    distances: NDArray[np.float32]
    objectives: tuple[float, ...]


def unit_rows(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divide each row by its L2 norm + 1e-8."""
    return (features / (np.linalg.norm(features, axis=1, keepdims=True) + 1e-8)).astype(np.float32)


def kmeans(features: NDArray[np.float32], clusters: int, iterations: int, restarts: int, seed: int) -> Clusters:
    """Cluster the rows of `features` [N, D] by direction, over all of them, keeping the best of `restarts`.

    Raises:
        ArtifactError: fewer rows than clusters, values that are not finite, damaged centroids.
    """
    if len(features) < clusters:
        raise ArtifactError(f"{len(features)} images cannot form {clusters} clusters: use more training images")
    if not np.isfinite(features).all():
        bad = int((~np.isfinite(features)).any(axis=1).sum())
        raise ArtifactError(f"features of {bad} images are not finite: train the network again with a lower rate")
    rows = np.ascontiguousarray(unit_rows(features))
    best: NDArray[np.float32] | None = None
    objectives: list[float] = []
    for restart in range(restarts):
        # One object per restart, so that each restart's objective is known. All points: faiss samples 256 per centroid
        # by default. It warns below 39 points per centroid, which small data sets are.
        engine = faiss.Kmeans(
            rows.shape[1],
            clusters,
            niter=iterations,
            seed=seed + restart,
            max_points_per_centroid=len(rows),
            min_points_per_centroid=1,
        )
        engine.train(rows)
        # A copy: the array belongs to the object and dies with it (the published code's centroids were damaged so).
        centroids = np.array(engine.centroids, dtype=np.float32, copy=True)
        objectives.append(float(squared_distances(rows, centroids).min(axis=1).sum()))
        if best is None or objectives[-1] < min(objectives[:-1]):
            best = centroids
    assert best is not None
    check_centroids(best, "k-means")
    distances = squared_distances(rows, best)
    return Clusters(best, distances.argmin(axis=1), distances, tuple(objectives))


def squared_distances(rows: NDArray[np.float32], centroids: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared Euclidean distances [N, K]."""
    rows64, centroids64 = rows.astype(np.float64), centroids.astype(np.float64)
    squares = (rows64**2).sum(1)[:, None] + (centroids64**2).sum(1)[None] - 2 * rows64 @ centroids64.T
    return np.maximum(squares, 0).astype(np.float32)


def check_centroids(centroids: NDArray[np.float32], source: str) -> None:
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
