"""Image labels as a table: `labels.parquet` (ALGORITHMS 2.2, A4 and A5)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pass_ops.clustering.kmeans import Clusters
from pass_ops.storage.atomic import atomic_path

NEAREST = 3


def label_table(keys: tuple[str, ...], clusters: Clusters, label_space: str) -> pd.DataFrame:
    """One row per image.

    Columns: key; label (0-based cluster id); nearest, distances (the closest clusters' ids and squared distances,
    ascending); margin (second distance minus first); label_space.
    """
    count = min(NEAREST, clusters.distances.shape[1])
    nearest = np.argsort(clusters.distances, axis=1, kind="stable")[:, :count]
    distances = np.take_along_axis(clusters.distances, nearest, axis=1)
    return pd.DataFrame(
        {
            "key": keys,
            "label": clusters.assignment.astype(np.int32),
            "nearest": list(nearest.astype(np.int32)),
            "distances": list(distances.astype(np.float32)),
            "margin": (distances[:, 1] - distances[:, 0]).astype(np.float32),
            "label_space": label_space,
        }
    )


def save_labels(path: Path, table: pd.DataFrame) -> None:
    """Write the table, whole or not at all."""
    with atomic_path(path) as temporary:
        table.to_parquet(temporary, index=False)
