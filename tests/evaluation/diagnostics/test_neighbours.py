"""Accuracies of features."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.clustering.rows import CHUNK, unit_rows
from pass_ops.evaluation.diagnostics.neighbours import (
    TEMPERATURE,
    cluster_accuracy,
    knn_accuracy,
    nmi,
)


def blobs(rng, classes, count):
    """Well separated directions, at random lengths."""
    centres = np.eye(classes, 8)
    labels = np.repeat(np.arange(1, classes + 1), count)
    features = centres[labels - 1] + 0.05 * rng.standard_normal((len(labels), 8))
    return (features * rng.uniform(0.1, 10, (len(labels), 1))).astype(np.float32), labels


def test_knn_tells_directions_apart_whatever_their_lengths():
    rng = np.random.default_rng(0)
    train_features, train_classes = blobs(rng, 5, 30)
    features, classes = blobs(rng, 5, 10)
    accuracy = knn_accuracy(
        train_features=train_features,
        train_classes=train_classes,
        features=features,
        classes=classes,
    )
    assert accuracy == 1


def test_knn_weights_near_neighbours_more():
    """Two far neighbours of class 2 against a near one of class 1."""
    train = np.array([[1, 0], [0.6, 0.8], [0.6, -0.8]], dtype=np.float32)
    accuracy = knn_accuracy(
        train_features=train,
        train_classes=np.array([1, 2, 2]),
        features=np.array([[1, 0.01]], dtype=np.float32),
        classes=np.array([1]),
        k=3,
    )
    assert accuracy == 1


def test_knn_takes_no_more_neighbours_than_there_are():
    features, classes = np.eye(2, dtype=np.float32), np.array([1, 2])
    accuracy = knn_accuracy(
        train_features=features,
        train_classes=classes,
        features=features,
        classes=classes,
        k=20,
    )
    assert accuracy == 1


def test_knn_compares_all_images_part_by_part():
    rng = np.random.default_rng(1)
    train_features = rng.standard_normal((2 * CHUNK + 5, 6)).astype(np.float32)
    train_classes = rng.integers(1, 4, len(train_features))
    features = rng.standard_normal((1100, 6)).astype(np.float32)
    cosine = unit_rows(features) @ unit_rows(train_features).T
    # The likeliest class by all cosines at once.
    nearest = np.argsort(-cosine, axis=1)[:, :7]
    weights = np.exp(np.take_along_axis(cosine, nearest, axis=1) / TEMPERATURE)
    votes = [(weights * (train_classes[nearest] == number)).sum(axis=1) for number in (1, 2, 3)]
    for classes, expected in ((np.argmax(votes, axis=0) + 1, 1), (np.argmin(votes, axis=0) + 1, 0)):
        accuracy = knn_accuracy(
            train_features=train_features,
            train_classes=train_classes,
            features=features,
            classes=classes,
            k=7,
        )
        assert accuracy == expected


def test_cluster_accuracy_is_of_the_best_matching():
    classes = np.array([1, 1, 1, 2, 2, 3])
    assert cluster_accuracy(np.array([2, 2, 2, 0, 0, 1]), classes, 3) == 1
    assert cluster_accuracy(np.zeros(6, dtype=int), classes, 3) == pytest.approx(3 / 6)


def test_nmi_is_one_for_a_permutation_and_zero_for_one_cluster():
    classes = np.array([1, 1, 2, 2])
    assert nmi(np.array([1, 1, 0, 0]), classes) == pytest.approx(1)
    assert nmi(np.zeros(4, dtype=int), classes) == pytest.approx(0)
