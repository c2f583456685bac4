"""Ids of one clustering in the terms of another (method 2.4)."""

from __future__ import annotations

import dataclasses

import numpy as np

from pass_ops.clustering.assignment import largest_assignment
from pass_ops.clustering.clusters import Clusters
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError


def align(labels: Ids, canonical: Ids, clusters: int) -> Ids:
    """The renaming of clusters under which most images keep their canonical id (method 2.4).

    Args:
        labels: int [N], 0..clusters-1, of the clustering to be renamed.
        canonical: int [N], 0..clusters-1, of the same images in the same order.
        clusters: how many there are, in both clusterings.

    Returns:
        int64 [clusters]: `permutation[old]` is the new id. Of equally good renamings it is the one
        that gives lower old ids lower new ones, so it depends on nothing but the labels.

    Raises:
        ArtifactError: different numbers of images, none at all, ids out of range.
    """
    if len(labels) != len(canonical) or not len(labels):
        raise ArtifactError(
            f"{len(labels)} labels cannot be aligned to {len(canonical)}: "
            "give both for the same images"
        )
    for name, ids in (("labels", labels), ("canonical labels", canonical)):
        if ids.min() < 0 or ids.max() >= clusters:
            raise ArtifactError(
                f"{name} lie in {ids.min()}..{ids.max()}, not in 0..{clusters - 1}: "
                "align clusterings with equal numbers of clusters"
            )
    pairs = labels.astype(np.int64) * clusters + canonical
    together = np.bincount(pairs, minlength=clusters**2).reshape(clusters, clusters)
    return largest_assignment(together).astype(np.int64)


def apply_permutation(clusters: Clusters, permutation: Ids) -> Clusters:
    """The same clusters under new ids: cluster `old` becomes `permutation[old]`.

    Args:
        clusters: K clusters.
        permutation: int [K], as of `align`.

    Returns:
        Clusters whose `permutation` leads from the ids that k-means gave to the new ones.

    Raises:
        ArtifactError: it is not a permutation of the clusters.
    """
    count = len(clusters.centroids)
    if sorted(permutation.tolist()) != list(range(count)):
        raise ArtifactError(
            f"{permutation.tolist()} is not a permutation of 0..{count - 1}: "
            "align the clusters again"
        )
    old = np.argsort(permutation)
    first = range(count) if clusters.permutation is None else clusters.permutation
    return dataclasses.replace(
        clusters,
        centroids=clusters.centroids[old],
        assignment=permutation.astype(np.int64)[clusters.assignment],
        nearest=permutation.astype(np.int32)[clusters.nearest],
        permutation=tuple(int(permutation[middle]) for middle in first),
    )
