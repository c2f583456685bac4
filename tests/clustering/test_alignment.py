"""Clusters under the ids of another clustering (method 2.4)."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.clustering.alignment import align, apply_permutation
from pass_ops.clustering.clusters import Clusters, assign
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError

ids = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40).map(
    np.array
)


def clusters_of(count: int = 4) -> Clusters:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30, 6)).astype(np.float32)
    centroids = rng.normal(size=(count, 6)).astype(np.float32)
    return assign(rows, centroids, (3.0, 2.0))


@given(st.permutations(range(5)), st.integers(0, 9))
def test_a_renamed_clustering_is_renamed_back(names: list[int], seed: int) -> None:
    labels = np.concatenate([np.arange(5), np.random.default_rng(seed).integers(0, 5, 40)])
    renamed = np.array(names)[labels]
    permutation = align(renamed, labels, 5)
    assert permutation.dtype == np.int64
    np.testing.assert_array_equal(permutation[renamed], labels)


@given(ids)
def test_no_other_permutation_keeps_more_images(pairs: Ids) -> None:
    labels, canonical = pairs.T
    permutation = align(labels, canonical, 4)
    assert sorted(permutation) == list(range(4))
    kept = int((permutation[labels] == canonical).sum())
    assert kept == max(
        int((np.array(other)[labels] == canonical).sum()) for other in permutations(range(4))
    )


@given(ids, st.randoms())
def test_the_order_of_images_does_not_matter(pairs: Ids, random: st.DataObject) -> None:
    order = list(range(len(pairs)))
    random.shuffle(order)
    np.testing.assert_array_equal(align(*pairs.T, 4), align(*pairs[order].T, 4))


def test_equally_good_ids_go_to_the_lowest() -> None:
    """Cluster 3 is as often 0 as 1, and 0 and 1 share no image with 2 and 3."""
    labels, canonical = np.array([2, 2, 3, 3]), np.array([0, 1, 0, 1])
    np.testing.assert_array_equal(align(labels, canonical, 4), [2, 3, 0, 1])


def test_centroids_distances_and_labels_move_together() -> None:
    clusters = clusters_of()
    renamed = apply_permutation(clusters, np.array([2, 0, 3, 1]))
    for old, new in enumerate((2, 0, 3, 1)):
        np.testing.assert_array_equal(renamed.centroids[new], clusters.centroids[old])
        np.testing.assert_array_equal(renamed.nearest == new, clusters.nearest == old)
        np.testing.assert_array_equal(renamed.assignment == new, clusters.assignment == old)
    np.testing.assert_array_equal(renamed.assignment, renamed.nearest[:, 0])
    np.testing.assert_array_equal(renamed.distances, clusters.distances)
    assert renamed.permutation == (2, 0, 3, 1)
    assert renamed.objectives == clusters.objectives


@given(st.permutations(range(4)), st.permutations(range(4)))
def test_permutations_compose(first: list[int], second: list[int]) -> None:
    clusters = clusters_of()
    renamed = apply_permutation(apply_permutation(clusters, np.array(first)), np.array(second))
    assert renamed.permutation is not None
    np.testing.assert_array_equal(
        np.array(renamed.permutation)[clusters.assignment], renamed.assignment
    )
    np.testing.assert_array_equal(
        renamed.centroids[np.array(renamed.permutation)], clusters.centroids
    )


@pytest.mark.parametrize(
    ("labels", "canonical", "message"),
    [
        ([0, 1], [0], "2 labels cannot be aligned to 1"),
        ([], [], "0 labels"),
        ([0, 3], [0, 1], r"labels lie in 0\.\.3, not in 0\.\.2"),
        ([0, 1], [-2, 1], r"canonical labels lie in -2\.\.1"),
    ],
)
def test_labels_of_other_images_or_clusters_are_refused(
    labels: list[int], canonical: list[int], message: str
) -> None:
    with pytest.raises(ArtifactError, match=message):
        align(np.array(labels), np.array(canonical), 3)


def test_what_is_no_permutation_is_refused() -> None:
    with pytest.raises(ArtifactError, match="not a permutation"):
        apply_permutation(clusters_of(), np.array([0, 1, 1, 2]))
