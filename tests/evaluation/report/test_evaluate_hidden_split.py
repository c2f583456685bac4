"""Evaluation of a split whose masks are hidden."""

from __future__ import annotations

import json
import shutil

import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.errors import ArtifactError, DataError
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.files import (
    CONFUSION,
    CONTACT_SHEET,
    LABEL_FREE,
    MATCHING,
    METRICS,
    SCORES_TABLE,
    SPLIT_PAGE,
    STRIPS,
    STRIPS_FOLDER,
)
from pass_ops.evaluation.scoring.matching import Matching
from tests.evaluation.predictions import CLUSTER_TO_CLASS, renamed
from tests.evaluation.report.split_stage import Recorder, run


@pytest.fixture
def validation(tmp_path):
    """A folder with the matching of validation."""
    folder = tmp_path / "validation"
    folder.mkdir()
    CLUSTER_TO_CLASS.save(folder / MATCHING)
    return folder


@pytest.fixture
def hidden_test(synthetic_data, splits, tmp_path):
    """The test split without its masks, and predictions on it."""
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.rmtree(root / "test-segmentation")
    pointer = locate(str(root))
    hidden = Split(
        open_images(pointer, "test", tmp_path), open_ground_truth(pointer, "test", tmp_path)
    )
    return hidden, renamed(splits["test"].truth)


def test_hidden_masks_give_predictions_to_hand_in_and_no_scores(validation, hidden_test, tmp_path):
    tracker = Recorder()
    hidden, predictions = hidden_test
    metrics = run(
        split=hidden,
        labels=predictions,
        folder=tmp_path / "test",
        matching=validation,
        tracker=tracker,
    )
    assert metrics == {}
    folder = tmp_path / "test" / "evaluation"
    assert json.loads((folder / METRICS).read_text()) == {}
    assert {path.name for path in folder.iterdir()} == {
        *(METRICS, MATCHING, LABEL_FREE),
        *(CONFUSION, SPLIT_PAGE, SCORES_TABLE),
        *(STRIPS, STRIPS_FOLDER, CONTACT_SHEET),
    }
    assert json.loads((folder / CONFUSION).read_text()) == {"labels": [], "matrix": []}
    page = (folder / SPLIT_PAGE).read_text()
    assert "6 classes, 12 images, 0 masks, 12 predictions. Without masks nothing is scored." in page
    assert page.count("<figure>") == len(list((folder / STRIPS_FOLDER).iterdir())) == 12
    assert len(list((tmp_path / "test" / "exported").rglob("*.png"))) == len(predictions)
    assert tracker.values == {}
    assert tracker.files == [(CONTACT_SHEET, "pictures"), (SPLIT_PAGE, "pictures")]


def test_an_image_without_a_prediction_is_refused_and_those_of_other_splits_are_passed_over(
    validation, hidden_test, tmp_path, capsys
):
    hidden, predictions = hidden_test
    missing = hidden.truth.keys[2]
    predictions["0123456789abcdef"] = predictions.pop(missing)
    line = f"{hidden.truth.path(missing)}: no prediction"
    with pytest.raises(DataError, match=f"nothing is scored: {line}"):
        run(split=hidden, labels=predictions, folder=tmp_path / "test", matching=validation)
    shown = capsys.readouterr().out
    assert line in shown
    assert "0123456789abcdef" not in shown
    assert [path.name for path in (tmp_path / "test").iterdir()] == ["labels"]


def test_a_matching_of_other_classes_is_refused(hidden_test, tmp_path):
    hidden, predictions = hidden_test
    (tmp_path / "validation").mkdir()
    Matching((2, 1)).save(tmp_path / "validation" / MATCHING)
    with pytest.raises(DataError, match=rf"{MATCHING} has 2 classes, data set has 6"):
        run(
            split=hidden,
            labels=predictions,
            folder=tmp_path / "test",
            matching=tmp_path / "validation",
        )


def test_hidden_masks_without_a_matching_are_refused_and_nothing_is_left(hidden_test, tmp_path):
    hidden, predictions = hidden_test
    with pytest.raises(ArtifactError, match="give the matching found on validation"):
        run(split=hidden, labels=predictions, folder=tmp_path / "test")
    assert [path.name for path in (tmp_path / "test").iterdir()] == ["labels"]
