"""K-means on unit descriptors (method 6.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np

from pass_ops.clustering.centroids import check_centroids
from pass_ops.clustering.clusters import Clusters, assign, nearest_centroids
from pass_ops.clustering.rows import Rows, chunks, rows_on_disk, squared_norms, unit_rows
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.engine.cores import usable_cores
from pass_ops.errors import ArtifactError

EPSILON = 1e-8
"""What is added to the norms of descriptors (method 6.2)."""


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
    """Unit rows of float32 [N, D], on disk.

    Raises:
        ArtifactError: values that are not finite.
    """
    rows, bad = rows_on_disk(*features.shape), 0
    for chunk in chunks(len(rows)):
        squares = squared_norms(features[chunk])
        bad += int((~np.isfinite(squares)).sum())
        # The first bad rows end this, but the error tells how many there are.
        if not bad:
            rows[chunk] = unit_rows(features[chunk], EPSILON, np.sqrt(squares))
    if bad:
        raise ArtifactError(
            f"features of {bad} images are not finite: train the network again with a lower rate"
        )
    return rows


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
    behind by then hardly ever wins, and would take a quarter of the time. The best one goes on as
    long as its last update has left a centroid without rows, at most `iterations` times: the next
    one splits a large cluster in its place.

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
        1 if faiss.get_num_gpus() else min(faiss.omp_get_max_threads(), usable_cores()),
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
        for more in range(iterations):
            if _all_occupied(rows, best):
                break
            ((best, _),) = descents([(seed, best)], 1, f"{part}-more-{more + 1}")
    check_centroids(best, "k-means")
    return best, tuple(objective for _, objective in runs)


def _all_occupied(rows: Rows, centroids: Rows) -> bool:
    """Whether each centroid [K, D] is the nearest one of some of the rows [N, D]."""
    nearest, _ = nearest_centroids(rows, centroids)
    return len(np.unique(nearest[:, 0])) == len(centroids)


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
