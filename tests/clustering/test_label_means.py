"""Means of images that share a label."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.clustering.clusters import assign
from pass_ops.clustering.kmeans import fit
from pass_ops.clustering.label_means import label_means
from pass_ops.clustering.rows import unit_rows
from pass_ops.errors import ArtifactError

ROWS = np.float32([[1, 0], [3, 2], [0, 5], [4, 4]])


def test_means_by_hand() -> None:
    means = label_means(ROWS, np.array([1, 1, 0, 2]), 3)
    assert means.dtype == np.float32
    np.testing.assert_array_equal(means, [[0, 5], [2, 1], [4, 4]])


def test_the_order_of_images_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    rows, labels = rng.normal(size=(50, 4)).astype(np.float32), rng.permutation(np.arange(50) % 5)
    order = rng.permutation(50)
    np.testing.assert_allclose(
        label_means(rows[order], labels[order], 5), label_means(rows, labels, 5), rtol=1e-6
    )


def test_k_means_keeps_the_grouping_where_random_starts_find_a_slightly_better_one() -> None:
    # Bunches of directions at 0, 40 and 84 degrees: to join the last two costs a little more than
    # to join the first two.
    angles = np.radians([0, 40, 84])[:, None] + np.random.default_rng(0).normal(0, 0.01, (3, 20))
    rows = unit_rows(
        np.stack([np.cos(angles.ravel()), np.sin(angles.ravel())], axis=1).astype(np.float32)
    )
    labels = np.repeat([0, 1, 1], 20)
    centroids, objectives = fit(
        rows=rows, clusters=2, iterations=20, restarts=0, seed=0, start=label_means(rows, labels, 2)
    )
    np.testing.assert_array_equal(assign(rows, centroids, objectives).assignment, labels)
    others, random_objectives = fit(rows=rows, clusters=2, iterations=20, restarts=10, seed=0)
    assert min(random_objectives) < objectives[0] < 1.5 * min(random_objectives)
    first, middle, last = assign(rows, others, random_objectives).assignment[[0, 20, 40]]
    assert first == middle != last


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 0, 2, 2], r"no image has label 1 .*: set cluster\.init to random"),
        ([0, 1, 2, 3], r"labels lie in 0\.\.3, not in 0\.\.2"),
        ([-1, 0, 1, 2], r"labels lie in -1\.\.2"),
    ],
)
def test_labels_without_a_mean_are_refused(labels: list[int], message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        label_means(ROWS, np.array(labels), 3)
