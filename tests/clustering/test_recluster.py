"""Clustering again on selected images (method 6.6, step 5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from pass_ops.clustering.clusters import Clusters
from pass_ops.clustering.kmeans import kmeans
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.recluster import Iteration, iterate_selection, recluster
from pass_ops.clustering.rows import Rows, unit_rows
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError

KEYS = tuple(f"image{number:03}" for number in range(120))
KMEANS = ClusteringConfig(restarts=3)
CONFIG = DistanceSelectionConfig(min_per_cluster=5)


@pytest.fixture(scope="module")
def features() -> Rows:
    """Four directions in 8 dimensions, 30 rows near each."""
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.normal(size=(8, 4)))[0].T
    return (np.repeat(directions, 30, axis=0) + 0.25 * rng.normal(size=(120, 8))).astype(np.float32)


@pytest.fixture(scope="module")
def clusters(features: Rows) -> Clusters:
    return kmeans(features=features, clusters=4, iterations=20, restarts=3, seed=31)


def selection_of(keys: Sequence[str], repeats: Ids | int = 1) -> LabelTable:
    """These images; labels play no part."""
    return LabelTable(
        pd.DataFrame({"key": keys, "label": 0, "repeat": repeats, "label_space": "clustering-1"})
    )


def iterated(
    features: Rows,
    clusters: Clusters,
    config: DistanceSelectionConfig = CONFIG,
    *,
    kmeans: ClusteringConfig = KMEANS,
) -> Iteration:
    """Selection and clustering of all images, repeated as the settings say."""
    return iterate_selection(
        features=features,
        keys=KEYS,
        clusters=clusters,
        label_space="clustering-1",
        config=config,
        kmeans=kmeans,
    )


def test_everything_selected_gives_the_same_clusters_under_the_same_ids(
    features: Rows, clusters: Clusters
) -> None:
    again = recluster(
        features=features,
        keys=KEYS,
        selection=selection_of(KEYS),
        previous=clusters,
        kmeans=dataclasses.replace(KMEANS, seed=7),
    )
    np.testing.assert_array_equal(again.assignment, clusters.assignment)
    np.testing.assert_allclose(again.centroids, clusters.centroids, atol=1e-3)
    assert len(again.objectives) == 4
    assert again.permutation is not None
    assert sorted(again.permutation) == [0, 1, 2, 3]


def test_centroids_are_the_means_of_the_multiset_and_distances_are_of_all(
    features: Rows, clusters: Clusters
) -> None:
    rng = np.random.default_rng(1)
    places = rng.permutation(120)[:90]
    repeats = rng.integers(1, 3, 90)
    again = recluster(
        features=features,
        keys=KEYS,
        selection=selection_of([KEYS[place] for place in places], repeats),
        previous=clusters,
        kmeans=dataclasses.replace(KMEANS, iterations=60),
    )
    rows = unit_rows(features)
    for cluster in range(4):
        members = again.assignment[places] == cluster
        mean = np.average(rows[places][members], axis=0, weights=repeats[members])
        np.testing.assert_allclose(again.centroids[cluster], mean, atol=1e-5)
    expected = ((rows[:, None] - again.centroids[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(again.distances, np.sort(expected)[:, :3], atol=1e-5)
    np.testing.assert_array_equal(again.assignment, expected.argmin(axis=1))
    assert (again.assignment == clusters.assignment).mean() > 0.9


def test_iteration_ends_when_labels_are_stable(features: Rows, clusters: Clusters) -> None:
    result = iterated(features, clusters)
    assert len(result.changes) < CONFIG.max_rounds
    assert result.changes[-1] < CONFIG.convergence_tolerance
    assert result.first.label_space == result.last.label_space == "clustering-1"
    assert len(result.clusters.assignment) == 120


def test_iteration_ends_after_the_last_round() -> None:
    noise = np.random.default_rng(5).normal(size=(120, 8)).astype(np.float32)
    begin = kmeans(features=noise, clusters=4, iterations=1, restarts=1, seed=31)
    config = dataclasses.replace(CONFIG, max_rounds=2, convergence_tolerance=0.0)
    result = iterated(noise, begin, config, kmeans=dataclasses.replace(KMEANS, iterations=1))
    assert len(result.changes) == 2
    assert all(0 <= part <= 1 for part in result.changes)


def test_no_round_leaves_the_clusters_and_their_selection(
    features: Rows, clusters: Clusters
) -> None:
    result = iterated(features, clusters, dataclasses.replace(CONFIG, max_rounds=0))
    assert result.clusters is clusters
    assert result.changes == ()
    pd.testing.assert_frame_equal(result.last.rows, result.first.rows)


def test_the_same_seed_gives_the_same_iteration(features: Rows, clusters: Clusters) -> None:
    first, again = (iterated(features, clusters) for _ in range(2))
    pd.testing.assert_frame_equal(first.last.rows, again.last.rows)
    np.testing.assert_array_equal(first.clusters.centroids, again.clusters.centroids)


def test_bad_input_is_refused_in_one_line(features: Rows, clusters: Clusters) -> None:
    damaged = features.copy()
    damaged[7, 1] = np.nan
    cases = (
        (features, [*KEYS[:50], "elsewhere"], r"1 selected images \(such as elsewhere\) have no"),
        (features, KEYS[:3], "3 images cannot form 4 clusters"),
        (damaged, KEYS[:50], "features of 1 images are not finite"),
    )
    for rows, keys, message in cases:
        with pytest.raises(ArtifactError, match=message) as caught:
            recluster(
                features=rows,
                keys=KEYS,
                selection=selection_of(keys),
                previous=clusters,
                kmeans=KMEANS,
            )
        assert "\n" not in str(caught.value)
