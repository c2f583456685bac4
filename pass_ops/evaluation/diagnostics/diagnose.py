"""What the features know after each training (method 4.10).

Reads class folders, so nothing of it feeds training (method 0.5).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from pass_ops.clustering.features import extract_features
from pass_ops.clustering.kmeans import checked_rows, kmeans
from pass_ops.config.evaluation import DiagnosisConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.ids import Ids
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.engine.jittor import jt
from pass_ops.evaluation.diagnostics.neighbours import cluster_accuracy, knn_accuracy
from pass_ops.evaluation.report.result import Learning
from pass_ops.evaluation.unmeasured import is_measurable
from pass_ops.models.card import RANDOM, load_card
from pass_ops.models.features import load_backbone, load_feature_network
from pass_ops.models.functional import global_average
from pass_ops.paths import (
    AttentionWeightsPath,
    InitialWeightsPath,
    LearningPath,
    PretrainedWeightsPath,
    WeightsPath,
)
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "diagnose"
ImagesWithClasses = tuple[Images, GroundTruth]
"""A split and its class folders; masks are not needed."""


def diagnose(
    *,
    train: ImagesWithClasses,
    validation: ImagesWithClasses,
    untrained: InitialWeightsPath,
    pretrained: PretrainedWeightsPath,
    attention: AttentionWeightsPath,
    config: DiagnosisConfig,
    learning: LearningPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Accuracy of k-means on train and of nearest neighbours on validation, for three networks.

    Args:
        train, validation: images and class folders of the two splits.
        untrained, pretrained: weights of which plain average-pooled c4 is judged.
        attention: weights of which the descriptor pooled under attention is judged.
        config: of the images, k-means and neighbours.
        learning: JSON file to write, a list of `Learning`; empty where the set has no classes.
        tracker: gets the accuracies.
        shards: what is done already.

    Returns:
        The accuracies by name.
    """
    first = "untrained" if load_card(untrained).initial == RANDOM else "initial weights"
    networks: dict[str, Callable[[jt.Var], jt.Var]] = {}
    if is_measurable(STAGE, train[1]):
        networks = {
            first: _pooled(untrained),
            "pre-trained": _pooled(pretrained),
            "pixel attention": load_feature_network(attention).describe,
        }
    rows = [
        Learning(
            name,
            *_accuracies(
                describe=describe,
                name=name,
                train=train,
                validation=validation,
                config=config,
                shards=shards,
            ),
        )
        for name, describe in networks.items()
    ]
    metrics: dict[str, float] = {}
    for row in rows:
        short = row.features.replace(" ", "_").replace("-", "")
        metrics |= {
            f"{short}/train/kmeans_accuracy": row.kmeans_accuracy,
            f"{short}/validation/knn_accuracy": row.knn_accuracy,
        }
    tracker.metrics(metrics)
    with atomic_path(learning, form_of(LearningPath)) as temporary:
        temporary.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return metrics


def _accuracies(
    *,
    describe: Callable[[jt.Var], jt.Var],
    name: str,
    train: ImagesWithClasses,
    validation: ImagesWithClasses,
    config: DiagnosisConfig,
    shards: Shards | None,
) -> tuple[float, float]:
    """Accuracy of k-means on train, and of nearest neighbours on validation.

    Args:
        describe: descriptors [N, C] of images [N, 3, H, W].
        name: of the network that does.
        train, validation, config, shards: see `diagnose`.
    """
    train_features, validation_features = (
        checked_rows(
            extract_features(
                stage=f"{STAGE}: {name}, {split}",
                describe=describe,
                images=images,
                config=config,
                shards=shards,
                part=f"{split}-batches-{name.replace(' ', '-')}",
            )
        )
        for split, (images, _) in (("train", train), ("validation", validation))
    )
    train_classes, count = _classes(train), len(train[1].categories)
    clusters = kmeans(
        features=train_features,
        clusters=count,
        iterations=20,
        restarts=config.restarts,
        seed=config.seed,
    )
    return (
        cluster_accuracy(clusters.assignment, train_classes, count),
        knn_accuracy(
            train_features=train_features,
            train_classes=train_classes,
            features=validation_features,
            classes=_classes(validation),
            k=config.neighbours,
        ),
    )


def _pooled(folder: WeightsPath) -> Callable[[jt.Var], jt.Var]:
    """A function from images [N, 3, H, W] to their average-pooled c4 [N, C]."""
    backbone = load_backbone(folder)
    return lambda images: global_average(backbone(images)[3])


def _classes(split: ImagesWithClasses) -> Ids:
    """Class of every image, int64 [N], 1..K."""
    return np.array([split[1].label(key) for key in split[0].keys], dtype=np.int64)
