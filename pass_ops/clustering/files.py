"""What a clustering writes: descriptors, centroids, labels. Nothing here needs a network, as a
later clustering has none.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.kmeans import Clusters
from pass_ops.clustering.labels import label_table, save_labels
from pass_ops.errors import ArtifactError
from pass_ops.storage.atomic import atomic_path

Features = NDArray[np.float32]


def save_features(folder: Path, keys: tuple[str, ...], features: Features) -> None:
    """Write `features.npy` [N, D] and `keys.txt`, one key a line."""
    with atomic_path(folder) as temporary:
        temporary.mkdir(parents=True)
        np.save(temporary / "features.npy", features)
        (temporary / "keys.txt").write_text("\n".join(keys) + "\n")


def load_features(folder: Path) -> tuple[tuple[str, ...], Features]:
    """Read what `save_features` wrote.

    Raises:
        ArtifactError: a file is missing or the two disagree.
    """
    try:
        features: Features = np.load(folder / "features.npy", allow_pickle=False)
        keys = tuple((folder / "keys.txt").read_text().split())
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"{folder} holds no features ({error}): run the clustering stage again"
        ) from error
    if len(keys) != len(features):
        raise ArtifactError(
            f"{folder} has {len(keys)} keys for {len(features)} features: run the clustering stage again"
        )
    return keys, features


def save_clusters(
    *, keys: tuple[str, ...], found: Clusters, label_space: str, centroids: Path, labels: Path
) -> dict[str, float]:
    """Write centroids and labels; what to report of the clusters."""
    Centroids(
        values=found.centroids,
        label_space=label_space,
        objectives=found.objectives,
        permutation=found.permutation,
    ).save(centroids)
    save_labels(labels, label_table(keys, found, label_space))
    sizes = np.bincount(found.assignment, minlength=len(found.centroids))
    return {
        "objective": min(found.objectives),
        "objective_spread": float(np.ptp(found.objectives)),
        "smallest_cluster": float(sizes.min()),
        "largest_cluster": float(sizes.max()),
    }
