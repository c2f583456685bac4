"""The labels of a clustering: each image's nearest centroid, and how near the next ones are."""

from __future__ import annotations

import numpy as np

from pass_ops.clustering.clusters import Clusters
from pass_ops.clustering.labels import LabelTable


def cluster_labels(keys: tuple[str, ...], clusters: Clusters, label_space: str) -> LabelTable:
    """One row per image.

    Args:
        keys: of the images [N].
        clusters: of the same images.
        label_space: what gives the clusters' ids their meaning.

    Returns:
        Columns key; label (0-based cluster id); nearest, distances (ids of the three closest
        clusters and squared distances, ascending); margin (second distance minus first);
        label_space.
    """
    distances = clusters.distances
    rows = {
        "key": keys,
        "label": clusters.assignment.astype(np.int32),
        "nearest": list(clusters.nearest),
        "distances": list(distances),
        "margin": distances[:, 1] - distances[:, 0],
        "label_space": label_space,
    }
    return LabelTable.of(rows)
