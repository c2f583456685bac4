"""How many clusters: as many as classes, or what photographs alone suggest (method 6.7)."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from pass_ops.clustering.count.curve import (
    BY_CLASSES,
    BY_SETTINGS,
    BY_SILHOUETTE,
    ClusterCurve,
)
from pass_ops.clustering.count.scores import score_counts
from pass_ops.config.clustering import ClusterCountConfig, ClusteringConfig
from pass_ops.config.fit import require_cluster_count
from pass_ops.data.images import Images
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.models.card import load_card
from pass_ops.paths import ClusterCurvePath, PointerPath, WeightsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "choose_clusters"


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
    require_cluster_count(config.clusters, images, pointer.categories)
    if pointer.categories:
        return ClusterCurve(chosen=pointer.categories, by=BY_CLASSES)
    return ClusterCurve(chosen=config.clusters, by=BY_SETTINGS) if config.clusters else None
