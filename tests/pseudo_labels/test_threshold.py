"""The threshold search on validation, with masks and without (method 7)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pass_ops.clustering.centroids import Centroids
from pass_ops.config.pseudo_labels import ThresholdConfig
from pass_ops.data.images import Images
from pass_ops.evaluation.curve.curve import load_curve
from pass_ops.evaluation.curve.curve_files import load_searched_threshold
from pass_ops.pseudo_labels.threshold import MIRROR, search_threshold
from pass_ops.tracking.tracker import NullTracker
from tests.unlabelled import without_truth


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
