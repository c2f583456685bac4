"""A run on photographs alone, from the last predictions to its report: nothing asks for a mask."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image

from pass_ops.clustering.count.curve import BY_SILHOUETTE, ClusterCurve, CountScores
from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.config.segmentation import CHECKPOINT_CRITERIA
from pass_ops.config.settings import RunInfo
from pass_ops.errors import DataError
from pass_ops.evaluation.curve.curve import PointScores, ThresholdChoice
from pass_ops.evaluation.curve.curve_files import save_curve
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.diagnostics.diagnose_labels import diagnose_labels
from pass_ops.evaluation.diagnostics.diagnose_masks import diagnose_masks
from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines
from pass_ops.evaluation.files import CONTACT_SHEET, LABEL_FREE
from pass_ops.evaluation.report.evaluate_split import evaluate_split
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.scoring.label_free import describe_maps, effective_number
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.unmeasured import NOTE
from pass_ops.paths import (
    BaselinesPath,
    EvaluationPath,
    ExportedPath,
    LabelQualityPath,
    MarkdownPath,
    MaskQualityPath,
)
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.html import Page
from tests.evaluation.predictions import renamed
from tests.evaluation.written_run import label_table, summarise_parts, write_evaluations
from tests.unlabelled import without_truth

CLUSTERS = 6
RUN = RunInfo(data="album", profile="smoke", seed=31, compat="fixed", mask_backend="classical")
NOBODY = NullTracker()


@pytest.fixture(scope="module")
def run(splits, training_images, tmp_path_factory):
    """What the stages write that would need masks, and the report of it."""
    root = tmp_path_factory.mktemp("run")
    truths = {name: without_truth(split.truth.keys, CLUSTERS) for name, split in splits.items()}
    unknown = {name: Split(split.images, truths[name]) for name, split in splits.items()}
    labels = {name: renamed(split.truth) for name, split in splits.items()}
    metrics = write_evaluations(splits=unknown, labels=labels, folder=root)
    assert metrics == {"validation": {}, "test": {}}
    assert measure_baselines(training_images, unknown, root / "baselines.json") == {}
    shared = {"tracker": NOBODY, "steps": {"none": root / "there is none"}}
    for name, work, truth in (
        ("label", diagnose_labels, {"truth": truths["validation"]}),
        ("mask", diagnose_masks, truths),
    ):
        files = {"quality": root / f"{name}_quality.json", "markdown": root / f"{name}.md"}
        assert work(**truth, **files, **shared) == {}
    (root / "learning.json").write_text("[]")
    points = (
        CountScores(clusters=4, objective=0.5, silhouette=0.125),
        CountScores(clusters=6, objective=0.25, silhouette=0.375),
    )
    choice = ClusterCurve(chosen=6, by=BY_SILHOUETTE, points=points)
    (root / "clusters.json").write_text(json.dumps(asdict(choice)))
    (root / "curve").mkdir()
    save_curve(
        folder=root / "curve",
        label_space="clustering-1",
        pixels={},
        points=[PointScores(percent=percent, agreement=0.5) for percent in range(101)],
        choices=[ThresholdChoice("label-free", 40, {})],
    )
    label_table(training_images.keys, CLUSTERS).to_parquet(root / "labels.parquet")
    summary = summarise_parts(run=RUN, parts=root, train=training_images, output=root)
    assert summary.scores() == {}
    return root


def test_what_is_skipped_is_empty_of_its_kind_and_says_why(run):
    for kind, name in (
        (BaselinesPath, "baselines.json"),
        (LabelQualityPath, "label_quality.json"),
        (MaskQualityPath, "mask_quality.json"),
        (MarkdownPath, "label.md"),
        (MarkdownPath, "mask.md"),
        (MarkdownPath, "report.md"),
        (EvaluationPath, "test"),
        (ExportedPath, "test exported"),
    ):
        assert form_of(kind).stranger(run / name) == ""
    assert NOTE in (run / "label.md").read_text()
    assert NOTE in (run / "mask.md").read_text()


def test_predictions_come_out_under_the_photographs_names_and_as_pictures(run, splits):
    keys = splits["test"].truth.keys
    exported = run / "test exported"
    assert {path.relative_to(exported).as_posix() for path in exported.rglob("*.png")} == {
        f"album/2019/{key}.jpg.png" for key in keys
    }
    assert Matching.load(exported / "match.json") == Matching.identity(CLUSTERS)
    with Image.open(run / "test" / CONTACT_SHEET) as sheet:
        assert sheet.width > sheet.height / 4


def test_the_result_has_what_can_be_told_and_no_score(run):
    result = Result.load(run / "result.json")
    assert (result.validation, result.test, result.baselines) == ({}, {}, {})
    assert result.selection == {
        "clusters": BY_SILHOUETTE,
        "threshold": "agreement of mirror images, without masks",
        "checkpoint": CHECKPOINT_CRITERIA["consistency"],
    }
    figures = result.label_free
    assert figures["clusters"] == 6
    assert figures["silhouette"] == 0.375
    assert figures["smallest_cluster_images"] == figures["largest_cluster_images"] == 4
    assert figures["effective_clusters"] == pytest.approx(6)
    assert figures["mirror_agreement_at_threshold"] == 0.5
    stored = json.loads((run / "test" / LABEL_FREE).read_text())
    assert stored
    assert {name: figures[f"test_{name}"] for name in stored} == stored


def test_the_page_shows_clusters_pictures_and_the_curve(run):
    text = Page((run / "report.html").read_text()).text
    assert {"Clusters", "cluster 0, 4 images", "Without masks", NOTE} <= set(text)
    assert "Number of clusters: 6, by largest silhouette" in text
    assert "Test: image, prediction" in text
    assert not any("mIoU" in line for line in text)
    assert (run / "report.md").read_text().startswith("## Scores\n")


def test_without_a_number_of_clusters_nothing_is_evaluated(splits, run, tmp_path):
    with pytest.raises(DataError, match="no classes and no masks"):
        evaluate_split(
            split="validation",
            images=splits["validation"].images,
            truth=without_truth(splits["validation"].truth.keys, 0),
            predictions=run / ".validation labels",
            config=EvaluationConfig(),
            matching=None,
            evaluation=tmp_path / "evaluation",
            exported=tmp_path / "exported",
            tracker=NOBODY,
        )


def test_description_of_maps():
    half = np.array([[0, 0], [1, 1]], np.int32)
    empty, both = np.zeros((2, 2), np.int32), np.array([[2, 2], [1, 1]], np.int32)
    assert describe_maps([half, empty, both], 3) == {
        "foreground": 0.5,
        "images_with_objects": pytest.approx(2 / 3),
        "clusters_an_image": 1.0,
        "clusters_used": 2.0,
        "effective_clusters": pytest.approx(np.exp(np.log(3) - 2 / 3 * np.log(2))),
    }
    assert effective_number(np.array([0, 0])) == 0
    assert effective_number(np.array([5, 0, 5])) == pytest.approx(2)
