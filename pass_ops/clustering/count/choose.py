"""How many clusters: as many as classes, or what photographs alone suggest (method 6.7)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import numpy as np

from pass_ops.clustering.clusters import nearest_centroids
from pass_ops.clustering.count.curve import (
    BY_CLASSES,
    BY_SETTINGS,
    BY_SILHOUETTE,
    ClusterCurve,
    CountScores,
)
from pass_ops.clustering.rows import Rows
from pass_ops.config.clustering import ClusterCountConfig, ClusteringConfig
from pass_ops.data.images import Images
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.engine.progress import Progress
from pass_ops.errors import ConfigError, DataError
from pass_ops.models.card import load_card
from pass_ops.paths import ClusterCurvePath, PointerPath, WeightsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "choose_clusters"
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


def choose_clusters(
    *,
    dataset: PointerPath,
    images: Images,
    weights: WeightsPath,
    kmeans: ClusteringConfig,
    config: ClusterCountConfig,
    clusters: PointerPath,
    curve: ClusterCurvePath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Settle on a number of clusters, and write it into a pointer to the data set.

    Args:
        dataset: pointer to the set.
        images: its training split.
        weights: what `train_pixel_attention` wrote, of which descriptors come.
        kmeans: settings of `cluster`: what the network sees, and k-means.
        config: the number, or how to choose.
        clusters, curve: files to write.
        tracker: gets the scores of each number that is tried.
        shards: what is done already.

    Returns:
        The number of clusters, and its silhouette where it was chosen by that.

    Raises:
        ConfigError: another number than that of the classes, or more than training images.
        DataError: too few images to choose.
        ArtifactError: damaged weights.
    """
    pointer = DatasetPointer.load(dataset)
    load_card(weights)
    chosen = _choice(pointer=pointer, images=len(images), config=config)
    if chosen is None:
        # A set with classes need not wait for it.
        from pass_ops.clustering.features import extract_features
        from pass_ops.models.features import load_feature_network

        descriptors = extract_features(
            stage=STAGE,
            describe=load_feature_network(weights).describe,
            images=images,
            config=kmeans,
            shards=shards,
        )
        points = score_counts(descriptors=descriptors, kmeans=kmeans, config=config, shards=shards)
        for point in points:
            tracker.metrics(
                {"silhouette": point.silhouette, "objective": point.objective}, step=point.clusters
            )
        best = max(points, key=lambda point: (point.silhouette, -point.clusters))
        chosen = ClusterCurve(chosen=best.clusters, by=BY_SILHOUETTE, points=points)
    print(f"{STAGE}: {chosen.chosen} clusters, by {chosen.by}", flush=True)
    tracker.tag("clusters_chosen_by", chosen.by)
    has_classes = bool(pointer.categories)
    replace(pointer, clusters=0 if has_classes else chosen.chosen).save(clusters)
    with atomic_path(curve, form_of(ClusterCurvePath)) as temporary:
        temporary.write_text(json.dumps(asdict(chosen), indent=1) + "\n")
    silhouettes = {point.clusters: point.silhouette for point in chosen.points}
    measured = {"silhouette": silhouettes[chosen.chosen]} if silhouettes else {}
    return {"clusters": float(chosen.chosen)} | measured


def _choice(
    *, pointer: DatasetPointer, images: int, config: ClusterCountConfig
) -> ClusterCurve | None:
    """What needs no look at images: the number of classes, or the one in the settings.

    Args:
        pointer: to the data set.
        images: how many are trained on.
        config: of the stage.
    """
    if pointer.categories:
        if config.clusters not in (0, pointer.categories):
            raise ConfigError(
                f"choose_clusters.clusters={config.clusters}: clusters are matched one to one to "
                f"the {pointer.categories} classes of the data set: leave it out"
            )
        return ClusterCurve(chosen=pointer.categories, by=BY_CLASSES)
    if config.clusters > images:
        raise ConfigError(
            f"choose_clusters.clusters={config.clusters}: there are {images} training images: "
            "choose fewer clusters"
        )
    return ClusterCurve(chosen=config.clusters, by=BY_SETTINGS) if config.clusters else None


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
