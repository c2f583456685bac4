"""The compiled pipeline on real photographs, with real servers, as `make run` starts it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from mlflow import MlflowClient
from PIL import Image

from pass_ops.data.layout import read_layout
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.scoring.matching import Matching
from tests.integration.short_run import local_run, newest_run

CLASSIFIERS = [f"train_classifier_{name}" for name in "fghcd"]
TRAININGS = {
    "pretrain",
    "train_pixel_attention",
    *CLASSIFIERS,
    "train_segmenter_round_1",
    "train_segmenter_round_2",
}


def test_every_stage_ran_and_was_measured(first: Result) -> None:
    assert len(first.stages) == len({stage.name for stage in first.stages}) == 41
    assert {stage.name for stage in first.stages} >= TRAININGS
    assert all(
        stage.seconds > 0 and stage.peak_rss_mb > 0 and not stage.cached for stage in first.stages
    )


def test_scores_beat_an_empty_prediction(first: Result) -> None:
    for split, metrics in (("validation", first.validation), ("test", first.test)):
        assert {"miou", "acc", "f", "boundary_miou", "miou_s", "boundary_miou_l"} <= metrics.keys()
        assert all(math.isnan(value) or 0 <= value <= 1 for value in metrics.values())
        assert metrics["miou"] > first.baselines["all_background"][split]["miou"]


def test_features_were_evaluated_before_and_after(first: Result) -> None:
    assert [row.features for row in first.learning] == [
        "untrained",
        "pre-trained",
        "pixel attention",
    ]
    assert all(0 < row.kmeans_accuracy <= 1 and 0 < row.knn_accuracy <= 1 for row in first.learning)


def test_image_labels_were_evaluated_after_each_step(first: Result, few_photographs: Path) -> None:
    rows = {row.step: row for row in first.label_quality}
    images = len(read_layout(few_photographs).splits["train"])
    whole = [
        "clustering 1",
        "after f",
        "after g",
        "after h",
        "clustering 2",
        "after c",
        "clustering 3",
        "after d",
    ]
    assert [step for step in rows if not step.startswith("selected")] == whole
    assert all(rows[step].coverage == 1 for step in whole)
    selections = [rows[f"selected by {way}"] for way in ("f", "g", "distance", "distance again")]
    assert all(row.images == round(row.coverage * images) <= images for row in selections)
    # Distances of so few images may leave nothing out.
    assert all(row.images < images for row in selections[:2])
    # So short a training may leave a classifier with one label for all images: that says nothing.
    assert all(0 < row.accuracy <= 1 and 0 <= row.nmi <= 1 for row in rows.values())
    assert rows["clustering 1"].nmi > 0
    assert rows["after c"].nmi > 0
    assert rows["after d"].nmi > 0


def test_label_maps_were_scored_after_each_step(first: Result) -> None:
    refined, rounds = ["coarse labels", "+ CRF", "+ refinement"], ["round 1", "round 2"]
    steps = [*refined, "prompted masks", *rounds, "completed"]
    assert [row.step for row in first.mask_quality] == steps
    assert first.mask_quality[-1].validation["miou"] == pytest.approx(first.validation["miou"])
    assert first.mask_quality[-1].test["f"] == pytest.approx(first.test["f"])


def test_it_says_what_was_tuned_on_ground_truth(first: Result) -> None:
    assert first.selection == dict.fromkeys(
        ("matching", "threshold", "checkpoint"), "validation masks"
    )
    assert first.mask_backend == "classical"


def test_predictions_are_label_images_of_every_photograph(
    first: Result, home: Path, few_photographs: Path
) -> None:
    assert first.profile == "smoke"
    assert (newest_run(home) / "predictions.png").is_file()
    for split in ("validation", "test"):
        folder = newest_run(home) / f"{split}_predictions"
        Matching.load(folder / "match.json")
        assert (newest_run(home) / f"{split}_evaluation" / "classes.json").is_file()
        for entry in read_layout(few_photographs).splits[split]:
            with Image.open(folder / entry.category / f"{entry.image.stem}.png") as prediction:
                with Image.open(entry.image) as photograph:
                    assert prediction.size == photograph.size
                assert prediction.mode == "RGB"


def test_the_report_is_one_page(first: Result, home: Path) -> None:
    page = (newest_run(home) / "report" / "index.html").read_text()
    assert f"{first.test['miou']:.3f}" in page
    assert "data:image/jpeg;base64," in page
    assert "cluster 0, " in page


def test_mlflow_has_a_run_with_nested_stages_and_checkpoints(first: Result, home: Path) -> None:
    client = MlflowClient(f"sqlite:///{home}/.pass-ops/mlflow/mlflow.db")
    runs = client.search_runs(
        [experiment.experiment_id for experiment in client.search_experiments()]
    )
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    nested = {
        run.info.run_name: run
        for run in runs
        if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id
    }
    assert nested.keys() >= TRAININGS
    assert parent.data.metrics == pytest.approx(first.scores())
    assert parent.data.tags["pass.data_digest"] == first.data_digest != ""
    assert parent.data.tags["mlflow.note.content"].startswith(f"**mIoU {first.test['miou']:.3f} on")
    losses = client.get_metric_history(nested["pretrain"].info.run_id, "loss")
    assert [metric.step for metric in losses] == list(range(20))
    assert losses[-1].value < losses[0].value
    curve = client.get_metric_history(nested["search_threshold"].info.run_id, "validation/miou")
    assert [metric.step for metric in curve] == list(range(101))
    checkpoints = client.get_metric_history(
        nested["choose_checkpoint_round_2"].info.run_id, "validation/miou"
    )
    assert [metric.step for metric in checkpoints] == [6, 12]


def test_a_second_run_reuses_every_stage(first: Result, home: Path, few_photographs: Path) -> None:
    second = local_run(home, few_photographs)
    assert all(stage.cached for stage in second.stages)
    assert second.validation["miou"] == first.validation["miou"]
    assert second.test["miou"] == first.test["miou"]
