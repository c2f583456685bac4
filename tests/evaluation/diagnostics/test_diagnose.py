"""The stage that judges the features of three networks."""

from __future__ import annotations

import json

import pytest

from pass_ops.config.evaluation import DiagnosisConfig
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.locate import locate
from pass_ops.evaluation.diagnostics.diagnose import diagnose
from pass_ops.tracking.tracker import NullTracker


def test_three_networks_are_judged_by_clusters_and_neighbours(
    synthetic_data, training_images, splits, pretrained, attention_weights, tmp_path
):
    truth = open_ground_truth(locate(str(synthetic_data)), "train", tmp_path)
    metrics = diagnose(
        train=(training_images, truth),
        validation=(splits["validation"].images, splits["validation"].truth),
        untrained=pretrained / "initial",
        pretrained=pretrained / "last",
        attention=attention_weights,
        config=DiagnosisConfig(resize=36, crop=32, batch_size=8, restarts=2),
        learning=tmp_path / "learning.json",
        tracker=NullTracker(),
    )
    networks = ("untrained", "pretrained", "pixel_attention")
    kinds = ("train/kmeans_accuracy", "validation/knn_accuracy")
    assert list(metrics) == [f"{name}/{kind}" for name in networks for kind in kinds]
    # With as many clusters as classes, the best matching gets one image of each class right.
    assert all(metrics[f"{name}/train/kmeans_accuracy"] >= 6 / 24 for name in networks)
    assert all(0 <= value <= 1 for value in metrics.values())
    rows = json.loads((tmp_path / "learning.json").read_text())
    assert [row["features"] for row in rows] == ["untrained", "pre-trained", "pixel attention"]
    accuracy = metrics["pixel_attention/validation/knn_accuracy"]
    assert rows[2]["knn_accuracy"] == pytest.approx(accuracy)
