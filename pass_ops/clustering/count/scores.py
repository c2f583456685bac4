"""K-means for several numbers of clusters, and how far apart their clusters are (method 6.7)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np

from pass_ops.clustering.clusters import nearest_centroids
from pass_ops.clustering.count.curve import CountScores
from pass_ops.clustering.rows import Rows
from pass_ops.config.clustering import ClusterCountConfig, ClusteringConfig
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.engine.progress import Progress
from pass_ops.errors import DataError

LEAST_IMAGES = 5
"""Training images a cluster, at least, of the numbers that are tried."""
_CODEC = Codec[CountScores](
    lambda scores: {name: np.array(value) for name, value in asdict(scores).items()},
    lambda _, kept: CountScores(
        clusters=int(kept["clusters"]),
        objective=float(kept["objective"]),
        silhouette=float(kept["silhouette"]),
    ),
)


def score_counts(
    *,
    descriptors: Rows,
    kmeans: ClusteringConfig,
    config: ClusterCountConfig,
    shards: Shards | None = None,
) -> tuple[CountScores, ...]:
    """K-means for each number of clusters that is tried.

    Args:
        descriptors: float32 [N, D], of the training images.
        kmeans: iterations and seed.
        config: limits of the numbers.
        shards: what is done already.

    Raises:
        DataError: too few images for the least number.
    """
    # Only this is to wait for it.
    from pass_ops.clustering.kmeans import checked_rows

    rows = checked_rows(descriptors)
    most = min(config.max_clusters, len(rows) // LEAST_IMAGES)
    if most < config.min_clusters:
        raise DataError(
            f"{len(rows)} training images are too few to choose a number of clusters of at least "
            f"{config.min_clusters}: give one (choose_clusters.clusters), or add photographs"
        )
    counts = counts_between(config.min_clusters, most)
    progress = Progress("choose clusters", len(counts))

    def compute(keys: Sequence[str]) -> Iterator[tuple[str, CountScores]]:
        return (
            (key, _scores(rows=rows, count=int(key), kmeans=kmeans, config=config)) for key in keys
        )

    points = []
    for _, scores in resumed(
        compute=compute,
        keys=[str(count) for count in counts],
        codec=_CODEC,
        shards=shards,
        part="numbers-of-clusters",
    ):
        points.append(scores)
        progress.advance(1)
    return tuple(points)


def _scores(
    *, rows: Rows, count: int, kmeans: ClusteringConfig, config: ClusterCountConfig
) -> CountScores:
    """K-means for a number of clusters.

    Args:
        rows: float32 [N, D], as `checked_rows` has them.
        count: the number.
        kmeans, config: see `score_counts`.
    """
    from sklearn.metrics import silhouette_score

    from pass_ops.clustering.kmeans import fit

    centroids, _ = fit(
        rows=rows,
        clusters=count,
        iterations=kmeans.iterations,
        restarts=config.restarts,
        seed=kmeans.seed,
    )
    nearest, distances = nearest_centroids(rows, centroids)
    ids = nearest[:, 0]
    silhouette = -1.0
    if len(np.unique(ids)) == count:
        silhouette = float(
            silhouette_score(
                rows,
                ids,
                sample_size=min(config.silhouette_images, len(rows)),
                random_state=kmeans.seed,
            )
        )
    objective = float(distances[:, 0].mean())
    return CountScores(clusters=count, objective=objective, silhouette=silhouette)


def counts_between(least: int, most: int) -> list[int]:
    """Numbers of clusters from `least` to `most`, each a quarter more than the one before."""
    steps = math.ceil(math.log(most / least, 1.25))
    return sorted({min(round(least * 1.25**step), most) for step in range(steps + 1)})
