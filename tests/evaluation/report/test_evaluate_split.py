"""Evaluation of a split as a stage, on the synthetic set."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.decode import decode_mask
from pass_ops.data.folder import FolderImages, FolderTruth
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.layout import read_layout
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.files import (
    CONFUSION,
    CONTACT_SHEET,
    MATCHING,
    METRICS,
    SCORES_TABLE,
    SPLIT_PAGE,
    STRIPS,
)
from pass_ops.evaluation.report.examples import SAMPLE, SPAN
from pass_ops.evaluation.report.pictures import PANEL
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.names import scoped
from tests.evaluation.html import Page
from tests.evaluation.predictions import CLUSTER_TO_CLASS, renamed
from tests.evaluation.report.split_stage import Recorder, run


@pytest.fixture(scope="module")
def perfect(splits, tmp_path_factory):
    """What the stage returns, records and writes for perfect predictions on validation, whose
    clusters have other names.
    """
    folder, tracker = tmp_path_factory.mktemp("perfect"), Recorder()
    metrics = run(
        split=splits["validation"],
        labels=renamed(splits["validation"].truth),
        folder=folder,
        tracker=tracker,
    )
    return metrics, tracker, folder


def test_perfect_predictions_score_one_under_clusters_of_any_name(perfect):
    metrics, tracker, folder = perfect
    assert metrics["validation/miou"] == pytest.approx(1.0)
    assert Matching.load(folder / "evaluation" / MATCHING) == CLUSTER_TO_CLASS
    assert tracker.values == metrics
    assert tracker.files == [(CONTACT_SHEET, "pictures"), (SPLIT_PAGE, "pictures")]


def test_the_page_states_how_much_was_scored(perfect):
    *_, folder = perfect
    page = (folder / "evaluation" / SPLIT_PAGE).read_text()
    assert "6 classes, 12 images, 12 masks, 12 predictions" in page


def test_metrics_without_a_value_are_null_in_the_file_and_left_out_of_what_is_returned(
    synthetic_data, splits, labels, tmp_path
):
    layout, masks = read_layout(synthetic_data), splits["validation"].truth.mask
    entries = [
        entry
        for entry in layout.splits["validation"]
        if 0 < (masks(entry.key) % 1000 > 0).mean() < 0.5
    ]
    small = Split(
        Images(FolderImages(entries)), GroundTruth(FolderTruth(layout.categories, entries))
    )
    metrics = run(
        split=small, labels={entry.key: labels[entry.key] for entry in entries}, folder=tmp_path
    )
    written = json.loads((tmp_path / "evaluation" / METRICS).read_text())
    assert written["miou_l"] is None
    assert "validation/miou_l" not in metrics
    valued = {name: value for name, value in written.items() if value is not None}
    assert scoped("validation", valued) == metrics


def test_the_matching_found_on_validation_is_used_on_test(perfect, splits, tmp_path):
    validation, split = perfect[2] / "evaluation", splits["test"]
    predictions = renamed(split.truth)
    metrics = run(split=split, labels=predictions, folder=tmp_path / "same", matching=validation)
    assert metrics["test/miou"] == pytest.approx(1.0)
    rotated = {
        key: np.where(ids > 0, ids % 6 + 1, 0).astype(np.int32) for key, ids in predictions.items()
    }
    metrics = run(split=split, labels=rotated, folder=tmp_path / "rotated", matching=validation)
    assert metrics["test/miou"] < 0.2  # Only the background is right.


def test_strips_go_from_the_best_to_the_worst_image(splits, labels, tmp_path):
    keys = sorted(labels)
    spoilt = labels | {key: np.zeros_like(labels[key]) for key in keys[:6]}
    run(split=splits["validation"], labels=spoilt, folder=tmp_path)
    folder = tmp_path / "evaluation"
    index = json.loads((folder / STRIPS).read_text())
    scores = [float(caption.split()[1].rstrip(":")) for caption in index[SPAN].values()]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 1.0
    assert scores[-1] < 0.5
    for name in index[SPAN]:
        width, height = Image.open(folder / name).size
        assert max((width - 12) / 3, height) == PANEL
    assert Image.open(folder / CONTACT_SHEET).size[0] > 2 * 3 * PANEL


def test_best_median_and_worst_image_of_each_class_are_shown(perfect, splits):
    index = json.loads((perfect[2] / "evaluation" / STRIPS).read_text())
    categories = splits["validation"].truth.names
    assert list(index) == [SPAN, SAMPLE, *categories]
    assert all(len(index[category]) == 2 for category in categories)  # Each class has two images.


def test_what_the_kfp_ui_shows(perfect, splits):
    folder = perfect[2] / "evaluation"
    table = json.loads((folder / CONFUSION).read_text())
    assert table["labels"] == ["background", *splits["validation"].truth.names]
    matrix = np.array(table["matrix"])
    assert np.count_nonzero(matrix) == np.count_nonzero(matrix.diagonal()) == 7
    page = Page((folder / SPLIT_PAGE).read_text())
    assert page.open == []
    assert {
        "Scores on validation",
        "validation: IoU of each class",
        "validation: mIoU by size of the object",
    } <= set(page.text)
    assert "| mIoU | 1.000 |" in (folder / SCORES_TABLE).read_text()


def test_predictions_are_exported_as_the_benchmark_reads_them(perfect, splits, labels):
    truth, exported = splits["validation"].truth, perfect[2] / "exported"
    assert len(list(exported.rglob("*.png"))) == len(labels)
    for key, ids in labels.items():
        path = exported / f"{truth.path(key)}.png"
        np.testing.assert_array_equal(decode_mask(path.read_bytes(), path.name), ids)
    assert Matching.load(exported / MATCHING) == CLUSTER_TO_CLASS
