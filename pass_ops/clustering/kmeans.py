"""K-means on unit descriptors (method 6.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import faiss
import numpy as np

from pass_ops.clustering.centroids import check_centroids
from pass_ops.clustering.rows import Rows, squared_distances, squared_norms, unit_rows
from pass_ops.data.ids import Ids
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.errors import ArtifactError

EPSILON = 1e-8
"""What is added to the norms of descriptors (method 6.2)."""


@dataclass(frozen=True, kw_only=True)
class Clusters:
    """The clusters of N rows.

    Attributes:
        centroids: float32 [K, D], means of unit vectors, not normalised themselves.
        assignment: int64 [N], the nearest centroid of each row.
        distances: float32 [N, K], squared Euclidean distances to the centroids.
        objectives: sum of squared distances that each restart reached, by the assignment before its
            last update of centroids; where there was a warm start, it comes first. Only half of
            them went on to the end: see `fit`.
        permutation: present id of each id that k-means gave, where clusters were renamed.
    """

    centroids: Rows
    assignment: Ids
    distances: Rows
    objectives: tuple[float, ...]
    permutation: tuple[int, ...] | None = None


_Run = tuple[Rows, float]
_CODEC = Codec[_Run](
    lambda run: {"centroids": run[0], "objective": np.array(run[1])},
    lambda _, kept: (kept["centroids"], float(kept["objective"])),
)


def kmeans(
    *,
    features: Rows,
    clusters: int,
    iterations: int,
    restarts: int,
    seed: int,
    shards: Shards | None = None,
) -> Clusters:
    """Cluster rows by direction.

    Args:
        features: float32 [N, D], of any norms.
        clusters: how many to make, K.
        iterations: of each restart.
        restarts: of which the best is taken.
        seed: of the first restart; each next one has the next seed.
        shards: what is done already.

    Raises:
        ArtifactError: see `checked_rows` and `fit`; a cluster without images.
    """
    rows = checked_rows(features)
    return assign(
        rows,
        *fit(
            rows=rows,
            clusters=clusters,
            iterations=iterations,
            restarts=restarts,
            seed=seed,
            shards=shards,
        ),
    )


def checked_rows(features: Rows) -> Rows:
    """Unit rows of float32 [N, D].

    Raises:
        ArtifactError: values that are not finite.
    """
    squares = squared_norms(features)
    finite = np.isfinite(squares)
    if not finite.all():
        bad = int((~finite).sum())
        raise ArtifactError(
            f"features of {bad} images are not finite: train the network again with a lower rate"
        )
    return np.ascontiguousarray(unit_rows(features, EPSILON, np.sqrt(squares)))


def fit(
    *,
    rows: Rows,
    clusters: int,
    iterations: int,
    restarts: int,
    seed: int,
    start: Rows | None = None,
    shards: Shards | None = None,
    part: str = "restarts",
) -> tuple[Rows, tuple[float, ...]]:
    """The best centroids of several random starts, and of a warm one where there is one.

    All starts run half of the iterations, and the better half of them the others: one that lags
    behind by then hardly ever wins, and would take a quarter of the time.

    Args:
        rows: finite unit rows [N, D]; a row counts as often as it occurs.
        clusters: K.
        iterations: of each start that goes on to the end.
        restarts: random starts.
        seed: of the first random start; each next one has the next seed.
        start: float32 [K, D], centroids of the warm start.
        shards: what is done already.
        part: of the stage's work.

    Returns:
        Centroids [K, D] and the objectives of `Clusters`.

    Raises:
        ArtifactError: fewer rows than clusters, damaged centroids.
    """
    if len(rows) < clusters:
        raise ArtifactError(
            f"{len(rows)} images cannot form {clusters} clusters: use more training images"
        )
    starts: list[tuple[int, Rows | None]] = [(seed + restart, None) for restart in range(restarts)]
    if start is not None:
        starts.insert(0, (seed, start))
    first = (iterations + 1) // 2
    rest = iterations - first
    # One core for each run: faster than all cores for one, and the same result however many there
    # are. GPUs are for one run at a time, as faiss's resources of a GPU are not safe for threads.
    with ThreadPoolExecutor(
        1 if faiss.get_num_gpus() else faiss.omp_get_max_threads(),
        initializer=faiss.omp_set_num_threads,
        initargs=(1,),
    ) as pool:

        def descents(
            starts: Sequence[tuple[int, Rows | None]], iterations: int, part: str
        ) -> list[_Run]:
            def compute(keys: Sequence[str]) -> Iterator[tuple[str, _Run]]:
                runs = pool.map(
                    lambda of: _descend(
                        rows=rows, clusters=clusters, iterations=iterations, seed=of[0], start=of[1]
                    ),
                    starts[int(keys[0]) :],
                )
                yield from zip(keys, runs, strict=True)

            keys = [str(number) for number in range(len(starts))]
            runs = resumed(compute=compute, keys=keys, codec=_CODEC, shards=shards, part=part)
            return [run for _, run in runs]

        runs = descents(starts, first, part)
        if rest:
            ahead = sorted(range(len(runs)), key=lambda run: runs[run][1])[: (len(runs) + 1) // 2]
            goes_on: list[tuple[int, Rows | None]] = [(seed, runs[run][0]) for run in ahead]
            for run, result in zip(ahead, descents(goes_on, rest, f"{part}-ahead"), strict=True):
                runs[run] = result
    best, _ = min(runs, key=lambda run: run[1])
    check_centroids(best, "k-means")
    return best, tuple(objective for _, objective in runs)


def _descend(
    *, rows: Rows, clusters: int, iterations: int, seed: int, start: Rows | None
) -> tuple[Rows, float]:
    """Lloyd's algorithm from random rows or from `start`.

    Args:
        rows, clusters, start: as of `fit`.
        iterations: to run.
        seed: of the random rows.

    Returns:
        Centroids, and the objective before their last update.
    """
    # One object per restart, so that each restart's objective is known. All points: faiss samples
    # 256 per centroid by default. It warns below 39 points per centroid, which small data sets are.
    engine = faiss.Kmeans(
        rows.shape[1],
        clusters,
        niter=iterations,
        seed=seed,
        max_points_per_centroid=len(rows),
        min_points_per_centroid=1,
        check_input_data_for_NaNs=False,
        # All that this process sees, none where faiss was built for CPUs.
        gpu=faiss.get_num_gpus(),
    )
    objective = float(engine.train(rows, init_centroids=start))
    # A copy: the array belongs to the faiss object and dies with it (the published code's centroids
    # were damaged so).
    return np.array(engine.centroids, dtype=np.float32, copy=True), objective


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
    distances = squared_distances(rows, centroids)
    assignment = distances.argmin(axis=1)
    empty = np.flatnonzero(np.bincount(assignment, minlength=len(centroids)) == 0)
    if len(empty):
        raise ArtifactError(
            f"cluster {empty[0]} has no images ({len(empty)} of {len(centroids)} clusters are "
            f"empty): the features of the {len(rows)} images differ too little; train the network "
            "for longer, or use more training images"
        )
    return Clusters(
        centroids=centroids, assignment=assignment, distances=distances, objectives=objectives
    )
