"""Means of images that share a label: where a clustering starts that refines another."""

from __future__ import annotations

import numpy as np

from pass_ops.clustering.rows import Rows, chunks
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError


def label_means(rows: Rows, labels: Ids, clusters: int) -> Rows:
    """The mean row of each label.

    Args:
        rows: float32 [N, D].
        labels: int [N], 0..clusters-1.
        clusters: how many there are; each must have images.

    Returns:
        float32 [clusters, D].

    Raises:
        ArtifactError: a label beyond `clusters`, or without images.
    """
    if labels.min() < 0 or labels.max() >= clusters:
        raise ArtifactError(
            f"labels lie in {labels.min()}..{labels.max()}, not in 0..{clusters - 1}: cluster again"
        )
    sizes = np.bincount(labels, minlength=clusters)
    if not sizes.all():
        raise ArtifactError(
            f"no image has label {sizes.argmin()} for a cluster to start from: "
            "set cluster.init to random"
        )
    sums = np.zeros((clusters, rows.shape[1]))
    for chunk in chunks(len(rows)):
        np.add.at(sums, labels[chunk], rows[chunk])
    return (sums / sizes[:, None]).astype(np.float32)
