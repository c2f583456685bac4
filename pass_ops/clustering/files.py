"""What a clustering writes: descriptors, centroids, labels.

Nothing here needs a network, as a later clustering has none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.cluster_labels import cluster_labels
from pass_ops.clustering.clusters import Clusters
from pass_ops.clustering.rows import Rows, load_rows
from pass_ops.errors import ArtifactError
from pass_ops.paths import CentroidsPath, ClusterLabelsPath, FeaturesPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.storage.opening import read_text, reading

Features = NDArray[np.float32]


def save_features(folder: FeaturesPath, keys: tuple[str, ...], features: Features) -> None:
    """Write `features.npy` and `keys.txt`, one key a line.

    Args:
        folder: to write, whole or not at all.
        keys: of the images [N].
        features: float32 [N, D], in the same order.
    """
    with atomic_path(folder, form_of(FeaturesPath)) as temporary:
        temporary.mkdir(parents=True)
        np.save(temporary / "features.npy", features)
        (temporary / "keys.txt").write_text("\n".join(keys) + "\n")


def load_features(folder: FeaturesPath) -> tuple[tuple[str, ...], Features]:
    """Read what `save_features` wrote.

    Raises:
        ArtifactError: a file is missing or the two disagree.
    """
    with reading(path=folder, what="features", advice="run the clustering stage again"):
        features = load_rows(folder / "features.npy")
        keys = tuple(read_text(folder / "keys.txt").split())
    if len(keys) != len(features):
        raise ArtifactError(
            f"{folder} has {len(keys)} keys for {len(features)} features: "
            "run the clustering stage again"
        )
    return keys, features


def save_clusters(
    *,
    keys: tuple[str, ...],
    clusters: Clusters,
    label_space: str,
    centroids: CentroidsPath,
    labels: ClusterLabelsPath,
    previous: Rows | None = None,
) -> dict[str, float]:
    """Write centroids and labels.

    Args:
        keys: of the images [N].
        clusters: of the same images.
        label_space: what gives the clusters' ids their meaning.
        centroids, labels: folder and parquet file to write.
        previous: centroids that the clusters went on from, under the same ids.

    Returns:
        Best objective, spread of the restarts' objectives, sizes of the smallest and largest
        cluster.
    """
    Centroids(
        values=clusters.centroids,
        label_space=label_space,
        objectives=clusters.objectives,
        permutation=clusters.permutation,
        previous=previous,
    ).save(centroids)
    cluster_labels(keys, clusters, label_space).save(labels)
    sizes = np.bincount(clusters.assignment, minlength=len(clusters.centroids))
    return {
        "objective": min(clusters.objectives),
        "objective_spread": float(np.ptp(clusters.objectives)),
        "smallest_cluster": float(sizes.min()),
        "largest_cluster": float(sizes.max()),
    }
