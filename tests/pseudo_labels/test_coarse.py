"""Coarse labels, at the threshold of a search in the same label space (method 8)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.clustering.centroids import Centroids
from pass_ops.config.pseudo_labels import CoarseLabelsConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.transforms.scales import ReadScaled, Scales
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.attention_maps import AttentionMaps
from pass_ops.pseudo_labels.coarse import make_coarse_labels
from pass_ops.pseudo_labels.object_label import most_confident_cluster
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller
from pass_ops.tracking.tracker import NullTracker

Coarse = Callable[[Path, CoarseLabelsConfig, Path], dict[str, float]]


@pytest.fixture
def coarse(training_images: Images, attention_weights: Path, clustered: Path) -> Coarse:
    """Makes coarse labels of the training images from a curve, by a config, in a folder."""

    def make(curve: Path, config: CoarseLabelsConfig, folder: Path) -> dict[str, float]:
        return make_coarse_labels(
            images=training_images,
            weights=attention_weights,
            centroids=clustered / "centroids",
            curve=curve,
            config=config,
            coarse_maps=folder / "labels",
            attention_maps=folder / "attention",
            prompts=folder / "prompts.parquet",
            tracker=NullTracker(),
        )

    return make


def test_labels_points_and_attention_follow_from_the_pixels(
    searched: tuple[Path, dict[str, float]],
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    coarse: Coarse,
    tmp_path: Path,
) -> None:
    centroids = Centroids.load(clustered / "centroids")
    plain = CoarseLabelsConfig(resize=64)
    labeller = PixelLabeller(attention_weights, centroids, plain)
    read = ReadScaled(training_images, Scales(plain.sides, plain.compat))
    attentions = [labeller(read(key)).attention for key in training_images.keys]
    # Within the range of the maps, so that images have both foreground and background.
    threshold = float(np.median(np.concatenate([values.ravel() for values in attentions])))
    config = CoarseLabelsConfig(threshold=threshold, resize=64)
    metrics = coarse(searched[0], config, tmp_path)

    maps, prompts = LabelMaps(tmp_path / "labels"), pd.read_parquet(tmp_path / "prompts.parquet")
    assert maps.meta == {"label_space": centroids.label_space, "threshold": threshold}
    assert maps.keys == tuple(prompts["key"]) == training_images.keys
    assert set(prompts["label_space"]) == {centroids.label_space}
    stored = AttentionMaps(tmp_path / "attention")
    assert stored.keys == training_images.keys
    for attention, prompt in zip(attentions, prompts.itertuples(), strict=True):
        pixels = labeller(read(prompt.key))
        labels = maps.read(prompt.key)
        np.testing.assert_array_equal(
            labels, np.where(attention >= np.float32(threshold), pixels.labels, 0)
        )
        assert labels.shape == training_images.image(prompt.key).shape[:2]
        assert prompt.foreground == pytest.approx((labels > 0).mean())
        assert prompt.label == most_confident_cluster(labels, pixels.cosine)
        if prompt.foreground:
            assert labels[prompt.y, prompt.x] > 0
        np.testing.assert_allclose(
            stored.read(prompt.key), pixels.coarse_attention, atol=0.5 / 255 + 1e-6
        )
        np.testing.assert_array_equal(stored.distances(prompt.key), pixels.distances)
    assert 0.3 < metrics["foreground"] < 0.7
    assert metrics["without_foreground"] == pytest.approx((prompts["label"] == -2).mean())


def test_the_searched_threshold_serves_unless_the_settings_name_one(
    searched: tuple[Path, dict[str, float]], coarse: Coarse, tmp_path: Path
) -> None:
    folder, metrics = searched
    for threshold in (None, 0.3):
        coarse(
            folder, CoarseLabelsConfig(threshold=threshold, resize=64), tmp_path / str(threshold)
        )
    assert LabelMaps(tmp_path / "None" / "labels").meta["threshold"] == metrics["threshold"]
    assert LabelMaps(tmp_path / "0.3" / "labels").meta["threshold"] == 0.3


def test_labels_that_are_empty_throughout_are_refused(
    searched: tuple[Path, dict[str, float]], coarse: Coarse, tmp_path: Path
) -> None:
    config = CoarseLabelsConfig(threshold=1, resize=64)
    with pytest.raises(ArtifactError, match=r"no pixel of any image reaches attention 1\.00"):
        coarse(searched[0], config, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_threshold_of_another_label_space_is_refused(
    searched: tuple[Path, dict[str, float]], coarse: Coarse, tmp_path: Path
) -> None:
    curve = json.loads((searched[0] / "curve.json").read_text())
    (tmp_path / "curve.json").write_text(json.dumps(curve | {"label_space": "clustering-other"}))
    with pytest.raises(
        ArtifactError, match=r"is of label space clustering-other, .*centroids of clustering-"
    ):
        coarse(tmp_path, CoarseLabelsConfig(resize=64), tmp_path)
    assert not (tmp_path / "labels").exists()


def test_a_threshold_of_other_settings_is_refused(
    searched: tuple[Path, dict[str, float]], coarse: Coarse, tmp_path: Path
) -> None:
    config = CoarseLabelsConfig(resize=64, attention="rank")
    with pytest.raises(
        ArtifactError,
        match=r"searched with .*'raw'.*, make_coarse_labels has .*'rank'.*: give both",
    ):
        coarse(searched[0], config, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_curve_is_refused(coarse: Coarse, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="holds no threshold curve"):
        coarse(tmp_path, CoarseLabelsConfig(resize=64), tmp_path)
    assert list(tmp_path.iterdir()) == []
