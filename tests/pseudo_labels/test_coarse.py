"""Threshold search and coarse labels: stages that share a label space (method 7, 8)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.clustering.centroids import Centroids
from pass_ops.config.pseudo_labels import CoarseLabelsConfig, ThresholdConfig
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.data.locate import locate
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.curve.curve import load_curve
from pass_ops.evaluation.curve.curve_files import load_searched_threshold
from pass_ops.pseudo_labels.attention_maps import AttentionMaps
from pass_ops.pseudo_labels.coarse import make_coarse_labels
from pass_ops.pseudo_labels.object_label import most_confident_cluster
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller
from pass_ops.pseudo_labels.threshold import MIRROR, search_threshold
from pass_ops.tracking.tracker import NullTracker
from tests.unlabelled import without_truth


@pytest.fixture(scope="module")
def searched(
    synthetic_data: Path,
    attention_weights: Path,
    clustered: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, float]]:
    """The folder of a threshold curve from 40 to 60 percent, and the stage's metrics."""
    folder = tmp_path_factory.mktemp("searched")
    pointer = locate(str(synthetic_data))
    metrics = search_threshold(
        images=open_images(pointer, "validation", folder),
        truth=open_ground_truth(pointer, "validation", folder),
        weights=attention_weights,
        centroids=clustered / "centroids",
        config=ThresholdConfig(min_percent=40, max_percent=60, resize=64),
        curve=folder / "curve",
        tracker=NullTracker(),
    )
    return folder / "curve", metrics


def coarse(
    *,
    images: Images,
    weights: Path,
    clustered: Path,
    curve: Path,
    config: CoarseLabelsConfig,
    folder: Path,
) -> dict[str, float]:
    return make_coarse_labels(
        images=images,
        weights=weights,
        centroids=clustered / "centroids",
        curve=curve,
        config=config,
        coarse_maps=folder / "labels",
        attention_maps=folder / "attention",
        prompts=folder / "prompts.parquet",
        tracker=NullTracker(),
    )


def test_the_search_gives_the_best_point_of_its_curve(
    searched: tuple[Path, dict[str, float]], clustered: Path
) -> None:
    folder, metrics = searched
    curve = json.loads((folder / "curve.json").read_text())
    assert curve["label_space"] == Centroids.load(clustered / "centroids").label_space
    assert [point["percent"] for point in curve["points"]] == list(range(101))
    with_foreground = [point for point in curve["points"][40:61] if point["f"] > 0]
    assert 0 < len(with_foreground) < 21
    best = max(with_foreground, key=lambda point: (point["miou"], -point["percent"]))
    tuned, label_free = curve["chosen"]
    assert metrics == {
        "threshold": best["percent"] / 100,
        "validation/miou": best["miou"],
        "validation/acc": best["acc"],
        "validation/f": best["f"],
        "label_free/threshold": label_free["percent"] / 100,
        "label_free/validation/miou": curve["points"][label_free["percent"]]["miou"],
    }
    assert 40 <= label_free["percent"] <= 60
    assert tuned["percent"] == best["percent"]
    assert tuned["metrics"]["miou"] == pytest.approx(best["miou"], abs=1e-12)
    assert 0 < tuned["metrics"]["boundary_miou"] < 1
    assert "<svg" in (folder / "curve.html").read_text()


def test_without_classes_the_search_takes_the_label_free_threshold(
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    metrics = search_threshold(
        images=training_images,
        truth=without_truth(training_images.keys, 6),
        weights=attention_weights,
        centroids=clustered / "centroids",
        config=ThresholdConfig(min_percent=40, max_percent=60, resize=64),
        curve=tmp_path / "curve",
        tracker=NullTracker(),
    )
    curve = load_curve(tmp_path / "curve")
    (choice,) = curve.chosen
    assert choice.by == MIRROR
    agreements = {point.percent: point.agreement for point in curve.points}
    assert choice.percent == max(range(40, 61), key=lambda at: (agreements[at], -at))
    assert metrics == {
        "threshold": choice.percent / 100,
        "agreement": agreements[choice.percent],
    }
    assert load_searched_threshold(tmp_path / "curve").threshold == metrics["threshold"]
    assert "<svg" in (tmp_path / "curve" / "curve.html").read_text()


def test_labels_points_and_attention_follow_from_the_pixels(
    searched: tuple[Path, dict[str, float]],
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    centroids = Centroids.load(clustered / "centroids")
    labeller = PixelLabeller(attention_weights, centroids, CoarseLabelsConfig(resize=64))
    attentions = [labeller(training_images.image(key)).attention for key in training_images.keys]
    # Within the range of the maps, so that images have both foreground and background.
    threshold = float(np.median(np.concatenate([values.ravel() for values in attentions])))
    config = CoarseLabelsConfig(threshold=threshold, resize=64)
    metrics = coarse(
        images=training_images,
        weights=attention_weights,
        clustered=clustered,
        curve=searched[0],
        config=config,
        folder=tmp_path,
    )

    maps, prompts = LabelMaps(tmp_path / "labels"), pd.read_parquet(tmp_path / "prompts.parquet")
    assert maps.meta == {"label_space": centroids.label_space, "threshold": threshold}
    assert maps.keys == tuple(prompts["key"]) == training_images.keys
    assert set(prompts["label_space"]) == {centroids.label_space}
    stored = AttentionMaps(tmp_path / "attention")
    assert stored.keys == training_images.keys
    for attention, prompt in zip(attentions, prompts.itertuples(), strict=True):
        pixels = labeller(training_images.image(prompt.key))
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
    searched: tuple[Path, dict[str, float]],
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    folder, metrics = searched
    for threshold in (None, 0.3):
        coarse(
            images=training_images,
            weights=attention_weights,
            clustered=clustered,
            curve=folder,
            config=CoarseLabelsConfig(threshold=threshold, resize=64),
            folder=tmp_path / str(threshold),
        )
    assert LabelMaps(tmp_path / "None" / "labels").meta["threshold"] == metrics["threshold"]
    assert LabelMaps(tmp_path / "0.3" / "labels").meta["threshold"] == 0.3


def test_labels_that_are_empty_throughout_are_refused(
    searched: tuple[Path, dict[str, float]],
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    config = CoarseLabelsConfig(threshold=1, resize=64)
    with pytest.raises(ArtifactError, match=r"no pixel of any image reaches attention 1\.00"):
        coarse(
            images=training_images,
            weights=attention_weights,
            clustered=clustered,
            curve=searched[0],
            config=config,
            folder=tmp_path,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_threshold_of_another_label_space_is_refused(
    searched: tuple[Path, dict[str, float]],
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    curve = json.loads((searched[0] / "curve.json").read_text())
    (tmp_path / "curve.json").write_text(json.dumps(curve | {"label_space": "clustering-other"}))
    with pytest.raises(
        ArtifactError, match=r"is of label space clustering-other, .*centroids of clustering-"
    ):
        coarse(
            images=training_images,
            weights=attention_weights,
            clustered=clustered,
            curve=tmp_path,
            config=CoarseLabelsConfig(resize=64),
            folder=tmp_path,
        )
    assert not (tmp_path / "labels").exists()


def test_a_threshold_of_other_settings_is_refused(
    searched: tuple[Path, dict[str, float]],
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    config = CoarseLabelsConfig(resize=64, attention="rank")
    with pytest.raises(
        ArtifactError,
        match=r"searched with .*'raw'.*, make_coarse_labels has .*'rank'.*: give both",
    ):
        coarse(
            images=training_images,
            weights=attention_weights,
            clustered=clustered,
            curve=searched[0],
            config=config,
            folder=tmp_path,
        )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_curve_is_refused(
    training_images: Images, attention_weights: Path, clustered: Path, tmp_path: Path
) -> None:
    with pytest.raises(ArtifactError, match="holds no threshold curve"):
        coarse(
            images=training_images,
            weights=attention_weights,
            clustered=clustered,
            curve=tmp_path,
            config=CoarseLabelsConfig(resize=64),
            folder=tmp_path,
        )
    assert list(tmp_path.iterdir()) == []
