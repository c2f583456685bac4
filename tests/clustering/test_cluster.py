"""The clustering stage: descriptors, files, table (method 6)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.cluster import cluster
from pass_ops.clustering.features import centre_crop, extract_features
from pass_ops.clustering.files import load_features, save_features
from pass_ops.clustering.kmeans import Clusters, squared_distances, unit_rows
from pass_ops.clustering.labels import label_table, save_labels
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.errors import ArtifactError
from pass_ops.tracking.tracker import NullTracker

CONFIG = ClusteringConfig(resize=36, crop=32, batch_size=8)


def averages(batch: jt.Var) -> jt.Var:
    """A descriptor that shows which pixels it saw."""
    return batch.mean([2, 3])


def test_the_centre_is_cut_out() -> None:
    image = np.arange(6 * 9 * 3).reshape(6, 9, 3).astype(np.uint8)
    np.testing.assert_array_equal(centre_crop(image, 4), image[1:5, 2:6])


@pytest.mark.parametrize("compat", ["fixed", "reference"])
@pytest.mark.parametrize("batch_size", [7, 24])
def test_descriptors_follow_the_keys_whatever_the_batch(
    training_images: Images, compat: str, batch_size: int
) -> None:
    config = dataclasses.replace(CONFIG, compat=compat, batch_size=batch_size)
    found = extract_features(
        stage="cluster", describe=averages, images=training_images, config=config
    )
    assert found.shape == (24, 3)
    for key, row in zip(training_images.keys, found, strict=True):
        pixels = centre_crop(resize_image(training_images.image(key), 36, compat), 32)
        np.testing.assert_allclose(row, normalise([pixels]).mean((0, 2, 3)), atol=1e-4)


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
    table = pd.read_parquet(clustered / "labels.parquet")
    assert tuple(table["key"]) == keys
    assert set(table["label_space"]) == {centroids.label_space}
    distances = squared_distances(unit_rows(features), centroids.values)
    np.testing.assert_array_equal(table["label"], distances.argmin(axis=1))


def test_a_clustering_that_starts_from_labels_keeps_their_grouping_and_ids(
    clustered: Path, attention_weights: Path, training_images: Images, tmp_path: Path
) -> None:
    table = pd.read_parquet(clustered / "labels.parquet")
    table["label"] = (table["label"] + 1) % 6
    save_labels(tmp_path / "canonical.parquet", table)
    config = dataclasses.replace(CONFIG, start="canonical")
    outputs = tmp_path / "features", tmp_path / "centroids", tmp_path / "labels.parquet"
    figures = cluster(
        training_images,
        attention_weights,
        6,
        config,
        *outputs,
        NullTracker(),
        canonical=tmp_path / "canonical.parquet",
    )
    # These very features were clustered to the end, so that nothing moves.
    assert figures["agreement"] == 1.0
    np.testing.assert_array_equal(pd.read_parquet(outputs[2])["label"], table["label"])
    before, after = Centroids.load(clustered / "centroids"), Centroids.load(outputs[1])
    assert after.label_space == before.label_space
    assert len(after.objectives) == 1
    np.testing.assert_allclose(after.values, np.roll(before.values, 1, axis=0), atol=1e-5)


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


def test_a_row_of_the_table_by_hand() -> None:
    distances = np.float32([[0.5, 0.1, 0.9, 0.4], [0.2, 0.2, 0.3, 0.1]])
    clusters = Clusters(
        centroids=np.zeros((4, 2), np.float32),
        assignment=distances.argmin(axis=1),
        distances=distances,
        objectives=(1.0,),
    )
    table = label_table(("a", "b"), clusters, "clustering-1")
    assert list(table.columns) == ["key", "label", "nearest", "distances", "margin", "label_space"]
    assert list(table["label"]) == [1, 3]
    assert [row.tolist() for row in table["nearest"]] == [[1, 3, 0], [3, 0, 1]]
    np.testing.assert_allclose(
        np.stack(table["distances"]), [[0.1, 0.4, 0.5], [0.1, 0.2, 0.2]], rtol=1e-6
    )
    np.testing.assert_allclose(table["margin"], [0.3, 0.1], rtol=1e-5)


def test_two_clusters_have_two_nearest() -> None:
    distances = np.float32([[0.5, 0.1]])
    table = label_table(
        ("a",),
        Clusters(
            centroids=np.zeros((2, 2), np.float32),
            assignment=distances.argmin(axis=1),
            distances=distances,
            objectives=(1.0,),
        ),
        "c",
    )
    assert table["nearest"][0].tolist() == [1, 0]
