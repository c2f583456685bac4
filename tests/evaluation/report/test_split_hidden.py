"""Evaluation of a split whose masks are hidden."""

from __future__ import annotations

import json
import shutil

import pytest
from tests.evaluation.test_split import Recorder, run

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.report.split import CONFUSION, MATCH, PAGE, SUMMARY
from pass_ops.evaluation.report.split_page import METRICS
from tests.evaluation.conftest import CLUSTER_TO_CLASS, renamed


@pytest.fixture
def found(tmp_path):
    """A folder with the matching of validation."""
    folder = tmp_path / "validation"
    folder.mkdir()
    CLUSTER_TO_CLASS.save(folder / MATCH)
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


def test_hidden_masks_give_predictions_to_hand_in_and_no_scores(found, hidden_test, tmp_path):
    tracker = Recorder()
    hidden, predictions = hidden_test
    assert run(hidden, predictions, tmp_path / "test", found, tracker) == {}
    folder = tmp_path / "test" / "evaluation"
    assert json.loads((folder / METRICS).read_text()) == {}
    assert {path.name for path in folder.iterdir()} == {METRICS, MATCH, CONFUSION, PAGE, SUMMARY}
    assert json.loads((folder / CONFUSION).read_text()) == {"labels": [], "matrix": []}
    assert "hidden" in (folder / PAGE).read_text()
    assert len(list((tmp_path / "test" / "exported").rglob("*.png"))) == len(predictions)
    assert (tracker.figures, tracker.files) == ({}, [])


def test_hidden_masks_without_a_matching_are_refused_and_nothing_is_left(hidden_test, tmp_path):
    hidden, predictions = hidden_test
    with pytest.raises(ArtifactError, match="give the matching found on validation"):
        run(hidden, predictions, tmp_path / "test")
    assert [path.name for path in (tmp_path / "test").iterdir()] == ["labels"]
