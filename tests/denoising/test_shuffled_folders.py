"""Class folders reach no training (method 0.5, rule 1)."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from pass_ops.clustering.cluster import cluster
from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.data.images import Images, open_images
from pass_ops.data.locate import locate
from pass_ops.denoising.classifier import train_classifier
from pass_ops.models.weights import load_arrays
from pass_ops.representation.pixel_attention import train_pixel_attention
from pass_ops.representation.pretrain import pretrain
from pass_ops.tracking.tracker import NullTracker


def test_shuffled_folder_names_give_identical_checkpoints(
    synthetic_data: Path,
    pretrained: Path,
    attention_weights: Path,
    clustered: Path,
    classified: Path,
    tiny_pretrain: PretrainConfig,
    tiny_attention: PixelAttentionConfig,
    tiny_classifier: ClassifierConfig,
    tmp_path: Path,
) -> None:
    """Every training and clustering again, with each image in the folder of another class."""
    images = shuffled(synthetic_data, tmp_path)
    tracker = NullTracker()
    pretrain(
        images=images,
        config=tiny_pretrain,
        output=tmp_path / "step1",
        initial=tmp_path / "initial",
        tracker=tracker,
    )
    assert_same(tmp_path / "step1", pretrained / "last")
    train_pixel_attention(
        images=images,
        weights=tmp_path / "step1",
        config=tiny_attention,
        output=tmp_path / "step21",
        tracker=tracker,
    )
    assert_same(tmp_path / "step21", attention_weights)
    labels = tmp_path / "labels.parquet"
    cluster(
        images=images,
        weights=tmp_path / "step21",
        categories=6,
        config=ClusteringConfig(restarts=3, resize=36, crop=32, batch_size=8),
        features=tmp_path / "features",
        centroids=tmp_path / "centroids",
        labels=labels,
        tracker=tracker,
    )
    assert labels.read_bytes() == (clustered / "labels.parquet").read_bytes()
    train_classifier(
        name="f",
        images=images,
        targets=labels,
        weights=tmp_path / "step21",
        clusters=6,
        config=tiny_classifier,
        checkpoints=tmp_path / "f_checkpoints",
        last=tmp_path / "f",
        tracker=tracker,
    )
    assert_same(tmp_path / "f", classified / "last")


def shuffled(data: Path, folder: Path) -> Images:
    """Training images of a copy of the data set with other folder and file names."""
    root = shutil.copytree(data, folder / "data")
    for number, image in enumerate(sorted((root / "train").rglob("*.JPEG"))):
        image.rename(root / "train" / f"n9000000{1 + number % 6}" / f"renamed-{number}.JPEG")
    return open_images(locate(str(root)), "train", folder / "cache")


def assert_same(first: Path, second: Path) -> None:
    ours, theirs = load_arrays(first), load_arrays(second)
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
