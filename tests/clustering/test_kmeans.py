"""K-means on unit descriptors (method 6.2)."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.clustering.centroids import check_centroids
from pass_ops.clustering.clusters import assign
from pass_ops.clustering.kmeans import fit, kmeans
from pass_ops.clustering.rows import unit_rows
from pass_ops.errors import ArtifactError

Array = NDArray[np.float32]


def blobs(noise: float = 0.15, each: int = 30) -> tuple[Array, NDArray[np.int64]]:
    """Five directions in 16 dimensions, and vectors of any length near them."""
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.normal(size=(16, 5)))[0].T
    classes = np.repeat(np.arange(5), each)
    rows = (directions[classes] + noise * rng.normal(size=(len(classes), 16)) / 4) * rng.uniform(
        0.5, 20, (len(classes), 1)
    )
    order = rng.permutation(len(classes))
    return rows[order].astype(np.float32), classes[order]


def test_blobs_are_recovered() -> None:
    rows, classes = blobs()
    clusters = kmeans(features=rows, clusters=5, iterations=20, restarts=5, seed=31)
    pairs = {
        (int(cls), int(cluster)) for cls, cluster in zip(classes, clusters.assignment, strict=True)
    }
    assert len(pairs) == 5
    assert len({cluster for _, cluster in pairs}) == 5


def test_centroids_are_the_means_of_their_unit_rows_and_not_normalised() -> None:
    rows, _ = blobs(noise=0.6)
    clusters = kmeans(features=rows, clusters=5, iterations=100, restarts=3, seed=31)
    for cluster in range(5):
        members = unit_rows(rows)[clusters.assignment == cluster]
        np.testing.assert_allclose(clusters.centroids[cluster], members.mean(axis=0), atol=1e-4)
    norms = np.linalg.norm(clusters.centroids, axis=1)
    assert (norms < 0.99).all()
    assert (norms > 0.2).all()


def test_distances_are_squared_and_to_the_nearest_first() -> None:
    rows, _ = blobs()
    clusters = kmeans(features=rows, clusters=5, iterations=20, restarts=2, seed=31)
    expected = ((unit_rows(rows)[:, None] - clusters.centroids[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(clusters.distances, np.sort(expected)[:, :3], atol=1e-5)
    np.testing.assert_array_equal(clusters.nearest, np.argsort(expected)[:, :3])
    np.testing.assert_array_equal(clusters.assignment, expected.argmin(axis=1))


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(1).normal(size=(200, 16)).astype(np.float32)
    settings = {"clusters": 4, "iterations": 5, "restarts": 2, "seed": 31}
    whole = kmeans(features=rows, **settings)
    monkeypatch.setattr("pass_ops.clustering.rows.CHUNK", 7)
    parts = kmeans(features=rows, **settings)
    np.testing.assert_allclose(parts.centroids, whole.centroids, atol=1e-6)
    np.testing.assert_array_equal(parts.nearest, whole.nearest)
    np.testing.assert_allclose(parts.distances, whole.distances, atol=1e-6)


def test_the_restart_with_the_best_objective_is_kept() -> None:
    rows = np.random.default_rng(1).normal(size=(200, 16)).astype(np.float32)
    clusters = kmeans(features=rows, clusters=12, iterations=5, restarts=8, seed=31)
    assert len(clusters.objectives) == 8
    assert len(set(clusters.objectives)) > 1
    # The last update of centroids, after which no objective is taken, can only improve it.
    kept = float(clusters.distances[:, 0].sum())
    assert 0.99 * min(clusters.objectives) < kept <= min(clusters.objectives) * (1 + 1e-6)
    best = kmeans(
        features=rows,
        clusters=12,
        iterations=5,
        restarts=1,
        seed=31 + int(np.argmin(clusters.objectives)),
    )
    np.testing.assert_array_equal(clusters.centroids, best.centroids)


@pytest.mark.parametrize("iterations", [1, 2, 7])
def test_one_restart_is_plain_kmeans_of_faiss(iterations: int) -> None:
    """It is interrupted at half time, which changes nothing."""
    rows = unit_rows(np.random.default_rng(1).normal(size=(200, 16)).astype(np.float32))
    engine = faiss.Kmeans(
        16, 12, niter=iterations, seed=31, max_points_per_centroid=200, min_points_per_centroid=1
    )
    engine.train(rows)
    centroids, (objective,) = fit(
        rows=rows, clusters=12, iterations=iterations, restarts=1, seed=31
    )
    np.testing.assert_allclose(centroids, engine.centroids, atol=1e-6)
    assert objective == pytest.approx(engine.obj[-1], rel=1e-6)


def test_only_the_better_half_of_the_restarts_goes_on() -> None:
    rows = unit_rows(np.random.default_rng(1).normal(size=(200, 16)).astype(np.float32))
    final = fit(rows=rows, clusters=12, iterations=6, restarts=5, seed=31)[1]
    alone = [
        fit(rows=rows, clusters=12, iterations=6, restarts=1, seed=31 + restart)[1][0]
        for restart in range(5)
    ]
    gone_on = [
        reached == pytest.approx(full, rel=1e-6) for reached, full in zip(final, alone, strict=True)
    ]
    assert sum(gone_on) == 3
    assert all(
        reached > full for reached, full, on in zip(final, alone, gone_on, strict=True) if not on
    )


def test_the_seed_fixes_the_result() -> None:
    rows, _ = blobs(noise=1)
    first, again = (
        kmeans(features=rows, clusters=5, iterations=20, restarts=2, seed=31) for _ in range(2)
    )
    np.testing.assert_array_equal(first.centroids, again.centroids)
    np.testing.assert_array_equal(first.assignment, again.assignment)


def test_the_length_of_a_descriptor_does_not_matter() -> None:
    rows, _ = blobs()
    scaled = rows * np.random.default_rng(2).uniform(0.1, 9, (len(rows), 1)).astype(np.float32)
    first, second = (
        kmeans(features=features, clusters=5, iterations=20, restarts=3, seed=31)
        for features in (rows, scaled)
    )
    np.testing.assert_array_equal(first.assignment, second.assignment)


def test_every_image_may_be_a_cluster() -> None:
    rows = np.eye(6, dtype=np.float32)
    clusters = kmeans(features=rows, clusters=6, iterations=20, restarts=3, seed=31)
    assert sorted(clusters.assignment) == list(range(6))
    assert min(clusters.objectives) == pytest.approx(0, abs=1e-5)


def test_a_warm_start_comes_before_the_restarts_and_wins_where_it_is_best() -> None:
    rows, _ = blobs()
    rows = unit_rows(rows)
    good = kmeans(features=rows, clusters=5, iterations=20, restarts=5, seed=31)
    centroids, objectives = fit(
        rows=rows, clusters=5, iterations=1, restarts=2, seed=31, start=good.centroids
    )
    assert len(objectives) == 3
    assert objectives[0] < min(objectives[1:])
    np.testing.assert_allclose(centroids, good.centroids, atol=1e-5)
    assert objectives[1:] == fit(rows=rows, clusters=5, iterations=1, restarts=2, seed=31)[1]


def test_a_cluster_that_the_last_iteration_has_emptied_is_filled() -> None:
    # Of three clusters on a circle the outer ones move in and take the rows of the middle one.
    side = np.linspace(15, 21, 12)
    rows, start = (
        np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=1).astype(
            np.float32
        )
        for angles in (np.concatenate([-side, [-10, 10], side]), np.array([-31, 0, 31]))
    )
    engine = faiss.Kmeans(2, 3, niter=1, min_points_per_centroid=1)
    engine.train(rows, init_centroids=start)
    with pytest.raises(ArtifactError, match="cluster 1 has no images"):
        assign(rows, engine.centroids, (1.0,))
    centroids, objectives = fit(
        rows=rows, clusters=3, iterations=1, restarts=0, seed=31, start=start
    )
    assert len(objectives) == 1
    assert set(assign(rows, centroids, objectives).assignment) == {0, 1, 2}


def test_a_cluster_without_images_is_refused() -> None:
    rows, centroids = (
        np.tile(np.float32([0.6, 0.8]), (9, 1)),
        np.float32([[0.8, 0], [0.6, 0.8], [0, 0.5]]),
    )
    with pytest.raises(
        ArtifactError, match=r"cluster 0 has no images \(2 of 3 clusters are empty\)"
    ):
        assign(rows, centroids, (1.0,))


def test_images_that_are_all_alike_are_refused() -> None:
    with pytest.raises(ArtifactError):
        kmeans(
            features=np.tile(np.float32([0.6, 0.8]), (9, 1)),
            clusters=3,
            iterations=20,
            restarts=1,
            seed=31,
        )


def test_fewer_images_than_clusters_are_refused() -> None:
    with pytest.raises(ArtifactError, match="4 images cannot form 5 clusters"):
        kmeans(features=np.eye(4, dtype=np.float32), clusters=5, iterations=20, restarts=1, seed=31)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused(value: float) -> None:
    rows, _ = blobs()
    rows[3, 2] = rows[7, 1] = rows[7, 2] = value
    with pytest.raises(ArtifactError, match="features of 2 images are not finite"):
        kmeans(features=rows, clusters=5, iterations=20, restarts=1, seed=31)


def test_damage_as_it_was_seen_in_the_published_centroids_is_found() -> None:
    centroids = np.full((50, 512), 0.75 / np.sqrt(512), np.float32)
    check_centroids(centroids, "k-means")
    centroids[0, 0] = -9.4e8
    centroids[17, 3] = centroids[17, 9] = 1913
    with pytest.raises(
        ArtifactError,
        match=r"2 centroids are damaged .*row 0 has norm 9\.4e\+08, row 17 has norm 2\.7",
    ):
        check_centroids(centroids, "k-means")


@pytest.mark.parametrize(
    ("norm", "good"), [(0.0, False), (0.19, False), (0.21, True), (1.0, True), (1.06, False)]
)
def test_norms_must_be_those_of_means_of_unit_vectors(norm: float, good: bool) -> None:
    centroids = np.zeros((3, 4), np.float32)
    centroids[:, 0] = (0.5, norm, 0.5)
    if good:
        check_centroids(centroids, "k-means")
    else:
        with pytest.raises(ArtifactError, match="1 centroids are damaged"):
            check_centroids(centroids, "k-means")


def test_a_centroid_that_is_not_a_number_is_damaged() -> None:
    centroids = np.full((3, 4), 0.4, np.float32)
    centroids[1, 2] = np.nan
    with pytest.raises(ArtifactError, match="row 1 has norm nan"):
        check_centroids(centroids, "k-means")


def test_more_clusters_than_different_rows_are_no_damage() -> None:
    rows = np.eye(8, 16, dtype=np.float32)[np.arange(40) % 8]
    centroids, _ = fit(rows=rows, clusters=20, iterations=10, restarts=3, seed=31)
    norms = np.linalg.norm(centroids, axis=1)
    assert 1 < norms.max() < 1.01
    assert norms.min() > 0.9
