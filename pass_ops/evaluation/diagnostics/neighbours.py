"""Diagnostics of features by class folders: never an input of training (method 0.5, 4.10)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pass_ops.clustering.assignment import largest_assignment
from pass_ops.clustering.rows import chunks, unit_rows
from pass_ops.data.ids import Ids

Features = npt.NDArray[np.float32]

TEMPERATURE = 0.07


def knn_accuracy(
    *,
    train_features: Features,
    train_classes: Ids,
    features: Features,
    classes: Ids,
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
    votes = np.zeros((len(features), int(train_classes.max()) + 1))
    for start in range(0, len(features), 1024):
        cosine, nearest = _nearest(unit_rows(features[start : start + 1024]), train_features, k)
        rows = np.arange(start, start + len(cosine))[:, None]
        np.add.at(votes, (rows, train_classes[nearest]), np.exp(cosine / TEMPERATURE))
    return float((votes.argmax(axis=1) == classes).mean())


def _nearest(rows: Features, bank: Features, k: int) -> tuple[Features, Ids]:
    """The k largest cosines [M, k] of rows to those of a bank, in any order, and whose they are.

    A part of the bank is compared at a time, since it may lie on disk: all cosines to a million
    images, or all their unit vectors, would be gigabytes.

    Args:
        rows: unit vectors, float32 [M, D].
        bank: float32 [N, D], any norm but zero, N >= k.
        k: how many.
    """
    cosine, nearest = np.empty((len(rows), 0), np.float32), np.empty((len(rows), 0), np.int64)
    for part in chunks(len(bank)):
        near = rows @ unit_rows(bank[part]).T
        places = np.broadcast_to(np.arange(part.start, part.start + near.shape[1]), near.shape)
        cosine, nearest = np.hstack([cosine, near]), np.hstack([nearest, places])
        if cosine.shape[1] > k:
            kept = np.argpartition(-cosine, k - 1, axis=1)[:, :k]
            cosine = np.take_along_axis(cosine, kept, axis=1)
            nearest = np.take_along_axis(nearest, kept, axis=1)
    return cosine, nearest


def cluster_accuracy(assignment: Ids, classes: Ids, k: int) -> float:
    """Part of the images in the right class after the best matching of clusters to classes.

    Args:
        assignment: int [N], cluster of each image, 0..k-1.
        classes: int [N], 1..k.
        k: number of clusters and classes.

    Returns:
        0..1.
    """
    return float((matched_classes(assignment, classes, k)[assignment] == classes).mean())


def matched_classes(assignment: Ids, classes: Ids, k: int) -> Ids:
    """The class of each cluster by the matching of `cluster_accuracy`, ties to lower classes.

    Args:
        assignment: int [N], cluster of each image, 0..k-1.
        classes: int [N], 1..k.
        k: number of clusters and classes.

    Returns:
        int [k], 1..k.
    """
    together = np.bincount(assignment * k + classes - 1, minlength=k * k).reshape(k, k)
    return largest_assignment(together).astype(np.int64) + 1


def nmi(assignment: Ids, classes: Ids) -> float:
    """Normalised mutual information: that of clusters and classes over their mean entropy, 0..1.

    Args:
        assignment: int [N], cluster of each image.
        classes: int [N], class of each image.
    """
    # Here, as scikit-learn takes a second of processor time to import.
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score(classes, assignment))
