"""Images whose cluster is beyond doubt, by distances to the centroids (method 6.4 to 6.6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.clusters import NEAREST
from pass_ops.clustering.labels import DISTANCES, LabelTable
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError

Scores = NDArray[np.float64]
Counts = NDArray[np.int64]


def select_by_distance(
    table: LabelTable, clusters: int, config: DistanceSelectionConfig
) -> LabelTable:
    """Select and weigh images (method 6.6, steps 1 to 4).

    An image is kept if its score passes the threshold, but an oversized cluster keeps at most the
    mean cluster size, and every cluster keeps its best `min_per_cluster` (all, if it has fewer).
    Clusters with fewer kept images than the median count their best ones repeatedly.

    Args:
        table: of `cluster_labels`; label in 0..clusters-1.
        clusters: K.
        config: threshold, guards and repeats.

    Returns:
        The kept rows in the table's order: key, label, score (higher is surer), repeat (from 1),
        label_space.

    Raises:
        ArtifactError: no distances, a label beyond `clusters`, a cluster with no image.
    """
    table.require(*DISTANCES).require_clusters(clusters)
    labels = table.labels
    sizes = np.bincount(labels, minlength=clusters)
    if not sizes.all():
        raise ArtifactError(
            f"cluster {sizes.argmin()} has no images, from which nothing can be selected: cluster "
            "again with another seed, with more restarts, or with more training images"
        )
    score = scores(table.column("distances"), config)
    place = ranks(labels, -score)
    quota = _quota(labels=labels, sizes=sizes, score=score, config=config)
    repeat = _repeats(quota=quota, most=config.max_repeat, labels=labels, place=place)
    rows = table.rows[["key", "label"]].assign(
        score=score.astype(np.float32),
        repeat=repeat.astype(np.int32),
        label_space=table.rows["label_space"],
    )
    return LabelTable(rows[place < quota[labels]].reset_index(drop=True))


def scores(distances: NDArray[np.float32], config: DistanceSelectionConfig) -> Scores:
    """How sure the nearest centroid is (method 6.6, step 1).

    `reference` gives the second distance minus the first, `fixed` the first one's probability in a
    softmax of the three nearest.

    Args:
        distances: float32 [N, M], squared distances, ascending.
        config: compatibility, and temperature.

    Returns:
        float64 [N], higher is surer.
    """
    near = distances[:, :NEAREST].astype(np.float64)
    if config.compat == "reference":
        return near[:, 1] - near[:, 0]
    return 1 / np.exp((near[:, :1] - near) / config.temperature).sum(axis=1)


def _quota(*, labels: Ids, sizes: Counts, score: Scores, config: DistanceSelectionConfig) -> Counts:
    """How many images each cluster keeps (method 6.6, steps 2 and 3), int64 [K].

    Args:
        labels, score: of the images [N].
        sizes: images of each cluster [K].
        config: threshold and guards.
    """
    mean = len(labels) / len(sizes)
    passing = np.bincount(labels[_passes(score, config)], minlength=len(sizes))
    capped = np.where(sizes > config.oversize_ratio * mean, np.minimum(passing, int(mean)), passing)
    return np.maximum(capped, np.minimum(config.min_per_cluster, sizes))


def _passes(score: Scores, config: DistanceSelectionConfig) -> NDArray[np.bool_]:
    """Which images pass the threshold, bool [N].

    Args:
        score: float64 [N].
        config: the threshold, or the part of the images to keep.
    """
    if config.threshold is not None:
        return score > config.threshold
    keep = max(1, round(config.keep_fraction * len(score)))
    return score >= np.partition(score, -keep)[-keep]


def _repeats(*, quota: Counts, most: int, labels: Ids, place: Ids) -> Counts:
    """How often each image counts (method 6.6, step 4), int64 [N].

    Small clusters reach the median size, their best images first.

    Args:
        quota: images that each cluster keeps [K].
        most: highest number of repeats.
        labels, place: cluster of each image, and its place in it [N].
    """
    missing = np.maximum(int(np.median(quota)) - quota, 0)
    missing = np.minimum(missing, (most - 1) * quota)
    return 1 + (missing // quota)[labels] + (place < (missing % quota)[labels])


def ranks(labels: Ids, *order: NDArray[np.float64]) -> Ids:
    """Place of each image within its cluster, 0 for the first.

    Args:
        labels: int [N].
        order: keys [N] to sort by, ascending, the most important first; equal images keep their
            order.

    Returns:
        int64 [N].
    """
    sequence = np.lexsort((*reversed(order), labels))
    grouped = labels[sequence]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    sizes = np.diff(np.r_[starts, len(grouped)])
    places = np.empty(len(labels), dtype=np.int64)
    places[sequence] = np.arange(len(labels)) - np.repeat(starts, sizes)
    return places
