"""Both selections where 30 % of labels are wrong: 90 % precision at 60 % coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from pass_ops.clustering.alignment import align, apply_permutation
from pass_ops.clustering.cluster_labels import cluster_labels
from pass_ops.clustering.kmeans import kmeans
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.recluster import iterate_selection
from pass_ops.clustering.selection import select_by_distance
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig, SmallLossConfig
from pass_ops.denoising.small_loss import select_small_loss

CLASSES, EACH, WIDTH = 8, 150, 32
COUNT = CLASSES * EACH
KEYS = tuple(f"image{number:04}" for number in range(COUNT))
TRUTH = np.repeat(np.arange(CLASSES), EACH)


def quality(selection: LabelTable) -> tuple[float, float]:
    """Precision of a selection, and the part of all images in it."""
    place = {key: number for number, key in enumerate(KEYS)}
    truth = TRUTH[[place[key] for key in selection.keys]]
    return float((selection.labels == truth).mean()), len(selection) / COUNT


def confused_features(seed: int) -> NDArray[np.float32]:
    """Descriptors of 8 classes in 32 dimensions, 30 % of them more like another class."""
    rng = np.random.default_rng(seed)
    directions = np.linalg.qr(rng.normal(size=(WIDTH, CLASSES)))[0].T
    other = (TRUTH + rng.integers(1, CLASSES, COUNT)) % CLASSES
    alike = np.where(
        rng.random(COUNT) < 0.3, rng.uniform(0.53, 0.66, COUNT), rng.uniform(0, 0.36, COUNT)
    )[:, None]
    rows = (
        (1 - alike) * directions[TRUTH]
        + alike * directions[other]
        + 0.06 * rng.normal(size=(COUNT, WIDTH))
    )
    return rows.astype(np.float32)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("compat", ["fixed", "reference"])
def test_selection_by_distance_finds_what_is_clean(compat: str, seed: int) -> None:
    features = confused_features(seed)
    clusters = kmeans(features=features, clusters=CLASSES, iterations=20, restarts=5, seed=31)
    clusters = apply_permutation(clusters, align(clusters.assignment, TRUTH, CLASSES))
    wrong = float((clusters.assignment != TRUTH).mean())
    assert 0.25 < wrong < 0.35
    config = DistanceSelectionConfig(compat=compat, min_per_cluster=20)
    selected = select_by_distance(cluster_labels(KEYS, clusters, "clustering-1"), CLASSES, config)
    precision, coverage = quality(selected)
    assert precision >= 0.9
    assert coverage >= 0.6
    result = iterate_selection(
        features=features,
        keys=KEYS,
        clusters=clusters,
        label_space="clustering-1",
        config=config,
        kmeans=ClusteringConfig(restarts=3),
    )
    precision, coverage = quality(result.last)
    assert precision >= 0.9
    assert coverage >= 0.6


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_selection_by_small_loss_finds_what_is_clean(seed: int) -> None:
    """A linear classifier of labels of which 30 % are wrong, and a second look at each image."""
    rng = np.random.default_rng(seed)
    directions = np.linalg.qr(rng.normal(size=(WIDTH, CLASSES)))[0].T
    features = directions[TRUTH] + 0.25 * rng.normal(size=(COUNT, WIDTH))
    noisy = rng.random(COUNT) < 0.3
    labels = np.where(noisy, (TRUTH + rng.integers(1, CLASSES, COUNT)) % CLASSES, TRUTH)
    classifier = LogisticRegression(C=0.3).fit(features, labels)
    probabilities = classifier.predict_proba(features)
    predicted = probabilities.argmax(axis=1)
    mirrored = classifier.predict(features + 0.1 * rng.normal(size=features.shape))
    rows = {
        "key": KEYS,
        "label": predicted,
        "given": labels,
        "confidence": probabilities.max(axis=1),
        "loss": -np.log(probabilities[np.arange(COUNT), labels]),
        "flip_agrees": mirrored == predicted,
        "label_space": "clustering-1",
    }
    selected = select_small_loss(LabelTable(pd.DataFrame(rows)), CLASSES, SmallLossConfig())
    precision, coverage = quality(selected)
    assert precision >= 0.9
    assert coverage >= 0.6
