"""The clustering stage: descriptors, files, table (method 6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.cluster import cluster
from pass_ops.clustering.features import extract_features
from pass_ops.clustering.files import load_features, save_features
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.rows import squared_distances, unit_rows
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import centre_crop, resize_image
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.errors import ArtifactError
from pass_ops.tracking.tracker import NullTracker

CONFIG = ClusteringConfig(resize=36, crop=32, batch_size=8)


def averages(batch: jt.Var) -> jt.Var:
    """A descriptor that shows which pixels it saw."""
    return batch.mean([2, 3])


@pytest.mark.parametrize("compat", ["fixed", "reference"])
@pytest.mark.parametrize("batch_size", [7, 24])
def test_descriptors_follow_the_keys_whatever_the_batch(
    training_images: Images, compat: str, batch_size: int
) -> None:
    config = dataclasses.replace(CONFIG, compat=compat, batch_size=batch_size)
    descriptors = extract_features(
        stage="cluster", describe=averages, images=training_images, config=config
    )
    assert descriptors.shape == (24, 3)
    for key, row in zip(training_images.keys, descriptors, strict=True):
        pixels = centre_crop(resize_image(training_images.image(key), 36, compat), 32)
        np.testing.assert_allclose(row, normalise([pixels]).mean((0, 2, 3)), atol=1e-4)


@pytest.mark.usefixtures("processes")
def test_descriptors_do_not_depend_on_the_number_of_processes(training_images: Images) -> None:
    one, three = (
        extract_features(
            stage="cluster",
            describe=averages,
            images=training_images,
            config=dataclasses.replace(CONFIG, workers=workers),
        )
        for workers in (1, 3)
    )
    np.testing.assert_array_equal(one, three)


def test_reference_squeezes_where_fixed_keeps_the_aspect(training_images: Images) -> None:
    fixed, reference = (
        extract_features(
            stage="cluster",
            describe=averages,
            images=training_images,
            config=dataclasses.replace(CONFIG, compat=compat),
        )
        for compat in ("fixed", "reference")
    )
    assert np.abs(fixed - reference).max() > 1e-3


def test_features_come_back_with_their_keys(tmp_path: Path) -> None:
    features = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    save_features(tmp_path / "features", ("a", "b", "c"), features)
    keys, loaded = load_features(tmp_path / "features")
    assert keys == ("a", "b", "c")
    np.testing.assert_array_equal(loaded, features)
    (tmp_path / "features" / "keys.txt").write_text("a\nb\n")
    with pytest.raises(ArtifactError, match="2 keys for 3 features"):
        load_features(tmp_path / "features")
    with pytest.raises(ArtifactError, match="holds no features"):
        load_features(tmp_path)


def test_the_stage_writes_features_centroids_and_labels_that_agree(
    clustered: Path, training_images: Images
) -> None:
    keys, features = load_features(clustered / "features")
    assert keys == training_images.keys
    assert features.shape == (24, 32)
    centroids = Centroids.load(clustered / "centroids")
    assert centroids.values.shape == (6, 32)
    assert len(centroids.objectives) == 3
    table = LabelTable.load(clustered / "labels.parquet")
    assert table.keys == keys
    assert table.label_space == centroids.label_space
    distances = squared_distances(unit_rows(features), centroids.values)
    np.testing.assert_array_equal(table.labels, distances.argmin(axis=1))


@pytest.fixture
def cluster_into_folder(
    attention_weights: Path, training_images: Images, tmp_path: Path
) -> Callable[..., dict[str, float]]:
    """Clusters the training images with some settings into the folder of the test."""

    def into_folder(config: ClusteringConfig, **others: Path) -> dict[str, float]:
        return cluster(
            images=training_images,
            weights=attention_weights,
            categories=6,
            config=config,
            features=tmp_path / "features",
            centroids=tmp_path / "centroids",
            labels=tmp_path / "labels.parquet",
            tracker=NullTracker(),
            **others,
        )

    return into_folder


def test_a_clustering_that_starts_from_labels_keeps_their_grouping_and_ids(
    clustered: Path, cluster_into_folder: Callable[..., dict[str, float]], tmp_path: Path
) -> None:
    rows = pd.read_parquet(clustered / "labels.parquet")
    canonical = LabelTable(rows.assign(label=(rows["label"] + 1) % 6))
    canonical.save(tmp_path / "canonical.parquet")
    metrics = cluster_into_folder(
        dataclasses.replace(CONFIG, init="canonical"), canonical=tmp_path / "canonical.parquet"
    )
    # These very features were clustered to the end, so that nothing moves.
    assert metrics["agreement"] == 1.0
    labels = LabelTable.load(tmp_path / "labels.parquet")
    np.testing.assert_array_equal(labels.labels, canonical.labels)
    before, after = Centroids.load(clustered / "centroids"), Centroids.load(tmp_path / "centroids")
    assert after.label_space == before.label_space
    assert len(after.objectives) == 1
    np.testing.assert_allclose(after.values, np.roll(before.values, 1, axis=0), atol=1e-5)


@pytest.mark.parametrize("lost", [False, True])
def test_clusters_around_a_classifiers_labels_are_their_means_and_lose_none(
    *,
    clustered: Path,
    cluster_into_folder: Callable[..., dict[str, float]],
    tmp_path: Path,
    lost: bool,
) -> None:
    canonical = LabelTable.load(clustered / "labels.parquet")
    given = canonical.labels
    # Two images of the largest cluster get another label, which no iteration takes back.
    largest = np.bincount(given).argmax()
    labels = given.copy()
    labels[np.flatnonzero(given == largest)[:2]] = (largest + 1) % 6
    if lost:
        labels[given == (largest + 2) % 6] = largest
    kept = np.where(given == (largest + 2) % 6, given, labels)
    LabelTable(canonical.rows.assign(label=labels)).save(tmp_path / "inferred.parquet")
    metrics = cluster_into_folder(
        dataclasses.replace(CONFIG, init="inferred"),
        canonical=clustered / "labels.parquet",
        inferred=tmp_path / "inferred.parquet",
    )
    rows = unit_rows(load_features(tmp_path / "features")[1])
    centroids = Centroids.load(tmp_path / "centroids")
    assert centroids.label_space == canonical.label_space
    for label in range(6):
        mean = rows[kept == label].mean(axis=0)
        np.testing.assert_allclose(centroids.values[label], mean, atol=1e-5)
    distances = squared_distances(rows, centroids.values)
    assigned = LabelTable.load(tmp_path / "labels.parquet").labels
    np.testing.assert_array_equal(assigned, distances.argmin(axis=1))
    assert metrics["objective"] == pytest.approx(distances.min(axis=1).sum(), rel=1e-4)


def test_a_classifier_of_other_clusters_is_refused(
    clustered: Path, cluster_into_folder: Callable[..., dict[str, float]], tmp_path: Path
) -> None:
    rows = pd.read_parquet(clustered / "labels.parquet").assign(label_space="elsewhere")
    LabelTable(rows).save(tmp_path / "inferred.parquet")
    with pytest.raises(ArtifactError, match="label space"):
        cluster_into_folder(
            dataclasses.replace(CONFIG, init="inferred"),
            canonical=clustered / "labels.parquet",
            inferred=tmp_path / "inferred.parquet",
        )


def test_groups_of_components_are_clusters_of_the_descriptors(
    cluster_into_folder: Callable[..., dict[str, float]], tmp_path: Path
) -> None:
    cluster_into_folder(dataclasses.replace(CONFIG, components=5))
    _, features = load_features(tmp_path / "features")
    centroids = Centroids.load(tmp_path / "centroids")
    # K-means of the descriptors has one start: the groups' means.
    assert centroids.values.shape == (6, 32)
    assert len(centroids.objectives) == 1
    distances = squared_distances(unit_rows(features), centroids.values)
    labels = LabelTable.load(tmp_path / "labels.parquet").labels
    np.testing.assert_array_equal(labels, distances.argmin(axis=1))


def test_descriptors_are_those_of_the_attention_network(
    clustered: Path, attention_weights: Path, training_images: Images
) -> None:
    from pass_ops.models.features import load_feature_network

    network = load_feature_network(attention_weights)
    _, features = load_features(clustered / "features")
    pixels = centre_crop(
        resize_image(training_images.image(training_images.keys[5]), 36, "fixed"), 32
    )
    with jt.no_grad():
        alone = to_numpy(network.describe(jt.array(normalise([pixels]))))[0]
    np.testing.assert_allclose(features[5], alone, rtol=1e-3, atol=1e-5)
