"""How many clusters: classes, settings, or the silhouette."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.clustering.count.choose import choose_clusters
from pass_ops.clustering.count.curve import (
    BY_CLASSES,
    BY_SETTINGS,
    BY_SILHOUETTE,
    CountScores,
    load_cluster_curve,
)
from pass_ops.clustering.count.scores import counts_between, score_counts
from pass_ops.clustering.files import Features
from pass_ops.config.clustering import ClusterCountConfig, ClusteringConfig
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.data.images import Images
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.checkpoints.place import PLACE, checkpoints_at
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.errors import ConfigError, DataError
from pass_ops.models.card import Card, card_text
from pass_ops.paths import ClusterCurvePath, PointerPath
from pass_ops.tracking.tracker import NullTracker

KMEANS = ClusteringConfig(resize=64, crop=64, batch_size=8)
POINTER = DatasetPointer(uri="here", digest="0" * 64, categories=0, counts={"train": 24})


def bundles(count: int, images: int) -> Features:
    """Descriptors in `count` narrow bundles of directions."""
    rng = np.random.default_rng(31)
    axes = np.linalg.qr(rng.normal(size=(32, 32)))[0][:count]
    rows = axes[np.arange(images) % count] + rng.normal(scale=0.03, size=(images, 32))
    return rows.astype(np.float32)


@pytest.mark.parametrize("count", [4, 8, 15])
def test_the_silhouette_finds_how_many_there_are(count: int) -> None:
    points = score_counts(
        descriptors=bundles(count, 300), kmeans=KMEANS, config=ClusterCountConfig()
    )
    best = max(points, key=lambda point: point.silhouette)
    nearest = min(counts_between(4, 60), key=lambda tried: abs(tried - count))
    assert best.clusters == nearest
    assert all(-1 <= point.silhouette <= 1 for point in points)
    assert points[0].objective > points[-1].objective >= 0


def test_numbers_that_were_tried_are_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(PLACE, str(tmp_path))

    def scores() -> tuple[CountScores, ...]:
        with checkpoints_at(
            stage="choose", settings={}, keys=(), artifacts=(), output=tmp_path / "a", minutes=0
        ) as checkpoints:
            return score_counts(
                descriptors=bundles(4, 40),
                kmeans=KMEANS,
                config=ClusterCountConfig(),
                shards=Shards(checkpoints),
            )

    first = scores()
    assert scores() == first
    assert re.search(r"goes on after [1-9]\d* of \d+ numbers-of-clusters", capsys.readouterr().out)


def test_too_few_images_to_choose() -> None:
    with pytest.raises(DataError, match="19 training images are too few"):
        score_counts(descriptors=bundles(4, 19), kmeans=KMEANS, config=ClusterCountConfig())


@given(st.integers(2, 50), st.integers(0, 500))
def test_numbers_rise_from_the_least_to_the_most(least: int, more: int) -> None:
    counts = counts_between(least, least + more)
    assert counts == sorted(set(counts))
    assert (counts[0], counts[-1]) == (least, least + more)


def chosen(
    *,
    pointer: DatasetPointer,
    images: Images,
    weights: Path,
    config: ClusterCountConfig,
    folder: Path,
) -> tuple[DatasetPointer, dict[str, float], str]:
    """The pointer that is written, the stage's metrics, and what decided."""
    pointer.save(PointerPath(folder / "dataset.json"))
    metrics = choose_clusters(
        dataset=PointerPath(folder / "dataset.json"),
        images=images,
        weights=weights,
        kmeans=KMEANS,
        config=config,
        clusters=PointerPath(folder / "clusters.json"),
        curve=ClusterCurvePath(folder / "curve.json"),
        tracker=NullTracker(),
    )
    curve = load_cluster_curve(folder / "curve.json")
    assert curve.chosen == metrics["clusters"]
    return DatasetPointer.load(PointerPath(folder / "clusters.json")), metrics, curve.by


def card_alone(folder: Path) -> Path:
    """Weights without a number in them."""
    card = Card(stage="train_pixel_attention", network=NetworkConfig(), epoch=1, config_digest="")
    (folder / "model.json").write_text(card_text(card))
    return folder


def test_classes_and_settings_decide_without_a_look_at_images(
    training_images: Images, tmp_path: Path
) -> None:
    nowhere = card_alone(tmp_path)
    labelled = replace(POINTER, categories=6)
    for number in (0, 6):
        config = ClusterCountConfig(clusters=number)
        pointer, metrics, by = chosen(
            pointer=labelled,
            images=training_images,
            weights=nowhere,
            config=config,
            folder=tmp_path,
        )
        assert (pointer, metrics, by) == (labelled, {"clusters": 6.0}, BY_CLASSES)
    pointer, metrics, by = chosen(
        pointer=POINTER,
        images=training_images,
        weights=nowhere,
        config=ClusterCountConfig(clusters=5),
        folder=tmp_path,
    )
    assert (pointer, metrics, by) == (replace(POINTER, clusters=5), {"clusters": 5.0}, BY_SETTINGS)


@pytest.mark.parametrize(
    ("categories", "clusters", "message"),
    [(6, 5, "matched one to one to the 6 classes"), (0, 25, "there are 24 training images")],
)
def test_refusals(
    categories: int, clusters: int, message: str, training_images: Images, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        chosen(
            pointer=replace(POINTER, categories=categories),
            images=training_images,
            weights=card_alone(tmp_path),
            config=ClusterCountConfig(clusters=clusters),
            folder=tmp_path,
        )


def test_photographs_decide(
    training_images: Images, attention_weights: Path, tmp_path: Path
) -> None:
    pointer, metrics, by = chosen(
        pointer=POINTER,
        images=training_images,
        weights=attention_weights,
        config=ClusterCountConfig(min_clusters=2, max_clusters=4),
        folder=tmp_path,
    )
    assert by == BY_SILHOUETTE
    assert pointer.clusters == metrics["clusters"]
    assert 2 <= pointer.clusters <= 4
    assert -1 <= metrics["silhouette"] <= 1
