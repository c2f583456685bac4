"""What the features know after each training (method 4.10). Reads class folders, so nothing of
it feeds training.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.features import extract_features
from pass_ops.clustering.files import Features
from pass_ops.clustering.kmeans import kmeans, unit_rows
from pass_ops.config.evaluation import DiagnosisConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.engine.jittor import jt
from pass_ops.evaluation.diagnostics.neighbours import cluster_accuracy, knn_accuracy
from pass_ops.evaluation.report.result import Learning
from pass_ops.models.features import load_feature_network
from pass_ops.models.functional import global_average
from pass_ops.models.resnet import ResNet
from pass_ops.models.weights import fill_part, load_arrays, load_card
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "diagnose"
Split = tuple[Images, GroundTruth]


def diagnose(
    *,
    train: Split,
    validation: Split,
    untrained: Path,
    pretrained: Path,
    attention: Path,
    config: DiagnosisConfig,
    learning: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Accuracy of k-means on train and of nearest neighbours on validation, for three networks.

    Args:
        untrained, pretrained: weights folders of `pretrain`; their plain average-pooled c4 is
            judged.
        attention: weights folder of `train_pixel_attention`; its pooled descriptor is judged.
        learning: JSON file to write, a list of `Learning`.

    Returns:
        The accuracies by name.
    """
    networks = {
        "untrained": _pooled(untrained),
        "pre-trained": _pooled(pretrained),
        "pixel attention": load_feature_network(attention).describe,
    }
    rows = []
    for name, describe in networks.items():
        seen = _features(
            stage=f"{STAGE}: {name}, train", describe=describe, images=train[0], config=config
        )
        unseen = _features(
            stage=f"{STAGE}: {name}, validation",
            describe=describe,
            images=validation[0],
            config=config,
        )
        seen_classes, unseen_classes = _classes(train), _classes(validation)
        count = len(train[1].categories)
        found = kmeans(
            features=seen, clusters=count, iterations=20, restarts=config.restarts, seed=config.seed
        )
        rows.append(
            Learning(
                name,
                cluster_accuracy(found.assignment, seen_classes, count),
                knn_accuracy(
                    train_features=seen,
                    train_classes=seen_classes,
                    features=unseen,
                    classes=unseen_classes,
                    k=config.neighbours,
                ),
            )
        )
    figures: dict[str, float] = {}
    for row in rows:
        short = row.features.replace(" ", "_").replace("-", "")
        figures |= {f"{short}_kmeans": row.kmeans_accuracy, f"{short}_knn": row.knn_accuracy}
    tracker.metrics(figures)
    with atomic_path(learning) as temporary:
        temporary.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    return figures


def _pooled(folder: Path) -> Callable[[jt.Var], jt.Var]:
    sizes = load_card(folder).network
    backbone = ResNet(sizes.arch, sizes.width, sizes.output_stride)
    fill_part(module=backbone, prefix="backbone.", arrays=load_arrays(folder), source=folder)
    backbone.eval()
    return lambda images: global_average(backbone(images)[3])


def _features(
    *, stage: str, describe: Callable[[jt.Var], jt.Var], images: Images, config: DiagnosisConfig
) -> Features:
    return unit_rows(extract_features(stage=stage, describe=describe, images=images, config=config))


def _classes(split: Split) -> NDArray[np.int64]:
    return np.array([split[1].label(key) for key in split[0].keys], dtype=np.int64)
