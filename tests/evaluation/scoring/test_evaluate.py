"""Evaluation of a split, good and bad predictions, by one process and by several."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.errors import DataError
from pass_ops.evaluation.scoring import reading
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.metrics import PIXEL_MATCHED
from tests.evaluation.predictions import CLUSTER_TO_CLASS, renamed, write_labels


def test_perfect_clusters_are_matched_and_score_one(splits, labels, tmp_path):
    truth = splits["validation"].truth
    evaluation = evaluate(predictions=write_labels(tmp_path / "labels", labels), truth=truth)
    assert evaluation.matching == CLUSTER_TO_CLASS
    assert evaluation.metrics["miou"] == pytest.approx(1)
    assert evaluation.metrics["boundary_miou"] == pytest.approx(
        1, abs=0.05
    )  # where ignored pixels became background
    assert evaluation.iou == pytest.approx(np.ones(7))
    assert evaluation.categories == truth.names
    assert np.count_nonzero(evaluation.confusion) == 7
    assert set(evaluation.images) == set(truth.keys)


def test_a_stored_matching_is_used_as_it_is(splits, tmp_path):
    truth = splits["test"].truth
    predictions = write_labels(tmp_path / "labels", renamed(truth))
    right = evaluate(predictions=predictions, truth=truth, matching=CLUSTER_TO_CLASS)
    assert right.metrics["miou"] == pytest.approx(1)
    wrong = evaluate(predictions=predictions, truth=truth, matching=Matching((1, 2, 3, 4, 5, 6)))
    assert wrong.iou[1:] == pytest.approx([0, 0, 0, 0, 1, 0])


def test_every_bad_prediction_is_shown_and_nothing_is_scored(splits, labels, tmp_path):
    truth = splits["validation"].truth
    missing, small, high, *_ = truth.keys
    height, width = labels[small].shape
    del labels[missing]
    labels[small] = labels[small].T
    labels[high][0, 0] = 7
    labels["0123456789abcdef"] = np.zeros((2, 2), dtype=np.int32)
    shown = []
    with pytest.raises(DataError) as caught:
        evaluate(
            predictions=write_labels(tmp_path / "labels", labels), truth=truth, show=shown.append
        )
    assert sorted(shown) == sorted(
        [
            "0123456789abcdef: not an image of this split; "
            "remove it, or choose the split it belongs to",
            f"{truth.path(missing)}: no prediction; predict it",
            f"{truth.path(small)}: prediction is {height}x{width}, image is {width}x{height}; "
            "predict again",
            f"{truth.path(high)}: ids 0..7, expected 0..6; predict again",
        ]
    )
    assert "(4 problems in all, listed above)" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_prediction_is_named(splits, labels, tmp_path):
    predictions = write_labels(tmp_path / "labels", labels)
    (shard,) = (tmp_path / "labels").rglob("*.tar")
    data = bytearray(shard.read_bytes())
    data[600:700] = bytes(100)
    shard.write_bytes(data)
    shown = []
    with pytest.raises(DataError, match="nothing is scored"):
        evaluate(predictions=predictions, truth=splits["validation"].truth, show=shown.append)
    assert len(shown) == 1
    assert "damaged at label map" in shown[0]


@pytest.mark.parametrize("workers", [2, 5])
def test_processes_change_nothing(splits, labels, tmp_path, monkeypatch, workers):
    monkeypatch.setattr(reading, "LEAST", 0)
    truth = splits["validation"].truth
    predictions = write_labels(tmp_path / "labels", labels)
    by_processes = evaluate(predictions=predictions, truth=truth, workers=workers)
    assert repr(by_processes) == repr(evaluate(predictions=predictions, truth=truth))


def test_a_bad_prediction_is_found_by_processes_too(splits, labels, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LEAST", 0)
    truth, shown = splits["validation"].truth, []
    labels[truth.keys[3]][0, 0] = 9
    with pytest.raises(DataError, match="nothing is scored"):
        evaluate(
            predictions=write_labels(tmp_path / "labels", labels),
            truth=truth,
            workers=2,
            show=shown.append,
        )
    assert shown == [f"{truth.path(truth.keys[3])}: ids 0..9, expected 0..6; predict again"]


def test_matching_by_pixels_is_reported_only_where_the_matching_is_found(splits, labels, tmp_path):
    truth = splits["validation"].truth
    predictions = write_labels(tmp_path / "labels", labels)
    without = evaluate(predictions=predictions, truth=truth)
    assert without.metrics[PIXEL_MATCHED] == pytest.approx(1)
    with_matching = evaluate(predictions=predictions, truth=truth, matching=CLUSTER_TO_CLASS)
    assert PIXEL_MATCHED not in with_matching.metrics


def test_refuses_a_matching_of_another_data_set(splits, labels, tmp_path):
    with pytest.raises(DataError, match="matching has 2 classes, data set has 6"):
        evaluate(
            predictions=write_labels(tmp_path / "labels", labels),
            truth=splits["validation"].truth,
            matching=Matching((2, 1)),
        )
