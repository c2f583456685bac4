"""The labels of a clustering: each image's nearest centroid, and how near the next ones are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pass_ops.clustering.kmeans import Clusters
from pass_ops.clustering.labels import LabelTable

NEAREST = 3


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
    count = min(NEAREST, clusters.distances.shape[1])
    nearest = np.argsort(clusters.distances, axis=1, kind="stable")[:, :count]
    distances = np.take_along_axis(clusters.distances, nearest, axis=1)
    rows = {
        "key": keys,
        "label": clusters.assignment.astype(np.int32),
        "nearest": list(nearest.astype(np.int32)),
        "distances": list(distances.astype(np.float32)),
        "margin": (distances[:, 1] - distances[:, 0]).astype(np.float32),
        "label_space": label_space,
    }
    return LabelTable(pd.DataFrame(rows))
