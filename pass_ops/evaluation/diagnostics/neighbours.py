"""Diagnostics of features that read class folders: never an input of training (method 0.5,
4.10).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.metrics import normalized_mutual_info_score

from pass_ops.clustering.assignment import largest_assignment

Features = npt.NDArray[np.float32]
ImageClasses = npt.NDArray[np.int64]

TEMPERATURE = 0.07


def knn_accuracy(
    *,
    train_features: Features,
    train_classes: ImageClasses,
    features: Features,
    classes: ImageClasses,
    k: int = 20,
) -> float:
    """Part of the images whose k nearest training images vote for their class.

    Args:
        train_features: float32 [N, D], any norm but zero.
        train_classes: int [N], 1..K.
        features: float32 [M, D].
        classes: int [M], 1..K.
        k: neighbours by cosine, each voting with weight exp(cosine / 0.07); at most N.

    Returns:
        0..1; the lowest class wins a draw.
    """
    k = min(k, len(train_features))
    bank = _unit(train_features)
    votes = np.zeros((len(features), int(train_classes.max()) + 1))
    for start in range(0, len(features), 1024):
        cosine = _unit(features[start : start + 1024]) @ bank.T
        nearest = np.argpartition(-cosine, k - 1, axis=1)[:, :k]
        weights = np.exp(np.take_along_axis(cosine, nearest, axis=1) / TEMPERATURE)
        rows = np.arange(start, start + len(cosine))[:, None]
        np.add.at(votes, (rows, train_classes[nearest]), weights)
    return float((votes.argmax(axis=1) == classes).mean())


def cluster_accuracy(assignment: ImageClasses, classes: ImageClasses, k: int) -> float:
    """Part of the images in the right class after the best one-to-one matching of clusters to
    classes.

    Args:
        assignment: int [N], cluster of each image, 0..k-1.
        classes: int [N], 1..k.
        k: number of clusters and classes.

    Returns:
        0..1.
    """
    return float((matched_classes(assignment, classes, k)[assignment] == classes).mean())


def matched_classes(assignment: ImageClasses, classes: ImageClasses, k: int) -> ImageClasses:
    """The class of each cluster, int [k], 1..k, by the matching of `cluster_accuracy`, lower
    clusters to lower classes.
    """
    together = np.bincount(assignment * k + classes - 1, minlength=k * k).reshape(k, k)
    return largest_assignment(together).astype(np.int64) + 1


def nmi(assignment: ImageClasses, classes: ImageClasses) -> float:
    """Mutual information of clusters (int [N]) and classes (int [N]) over the mean of their
    entropies, 0..1.
    """
    return float(normalized_mutual_info_score(classes, assignment))


def _unit(features: Features) -> Features:
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
