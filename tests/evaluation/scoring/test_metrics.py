"""Every metric, on examples that can be worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.metrics import DECOMPOSITION, PIXEL_MATCHED, SPLIT_METRICS
from pass_ops.evaluation.scoring.split_scores import Scores
from tests.evaluation.scoring.golden import golden


class Scored:
    """Pairs of truth and prediction, scored as they are."""

    def __init__(self, pairs, classes):
        scores, identity = Scores(classes), Matching(tuple(range(1, classes + 1)))
        for truth, prediction in pairs:
            scores.add(count_image(truth, prediction, classes))
        self.regions = scores.counts.regions.under(identity)
        self.boundaries = scores.counts.boundaries.under(identity)
        self.confusion = scores.counts.confusion(identity)
        split = scores.under(identity)
        self.metrics, self.images = split.metrics, split.images


def test_golden_example():
    scores = Scored(golden(), 3)
    assert scores.regions.iou() == pytest.approx([0.736842, 0.888889, 0.5, 0], abs=1e-6)
    assert scores.boundaries.iou() == pytest.approx([0.631579, 0.888889, 0.5, 0], abs=1e-6)
    percent = {name: 100 * value for name, value in scores.metrics.items()}
    assert percent["miou"] == pytest.approx(53.1433, abs=1e-4)
    assert percent["boundary_miou"] == pytest.approx(50.5117, abs=1e-4)
    assert percent["f"] == pytest.approx(73.8749, abs=1e-4)
    assert percent["acc"] == 100
    assert percent["miou_ms"] == pytest.approx(58.3333, abs=1e-4)
    assert percent["miou_l"] == pytest.approx(87.3016, abs=1e-4)
    empty = ["miou_s", "miou_ml", "boundary_miou_s", "boundary_miou_ml"]
    assert all(math.isnan(percent[name]) for name in empty)


def test_perfect_prediction_scores_one_in_everything():
    truth = np.repeat(np.arange(4, dtype=np.int32), 8)[None].repeat(32, axis=0)
    metrics = Scored([(truth, truth)], 3).metrics
    present = {name: value for name, value in metrics.items() if not math.isnan(value)}
    assert present.pop("no_object") == 0
    names = ["miou", "acc", "f", "boundary_miou", "miou_ms", "boundary_miou_ms", *DECOMPOSITION]
    assert present == pytest.approx(dict.fromkeys(set(names) - {"no_object"}, 1))


def test_all_background_prediction():
    truth = np.zeros((10, 10), dtype=np.int32)
    truth[:5] = 1
    metrics = Scored([(truth, np.zeros_like(truth))], 4).metrics
    assert metrics["miou"] == pytest.approx(0.5 / 5)
    assert metrics["acc"] == 0
    assert metrics["f"] == 0


def test_class_absent_from_the_split_counts_as_zero_in_miou_and_is_skipped_by_size():
    truth = np.zeros((10, 10), dtype=np.int32)
    truth[:5] = 1
    metrics = Scored([(truth, truth)], 3).metrics
    assert metrics["miou"] == pytest.approx(2 / 4)
    assert metrics["miou_ml"] == pytest.approx(1)


def test_ignored_pixels_do_not_count_whatever_is_predicted_there():
    truth = np.zeros((6, 6), dtype=np.int32)
    truth[2:4] = 1
    truth[4:] = 1000
    predictions = [np.where(truth == 1000, wrong, truth).astype(np.int32) for wrong in (0, 1, 2)]
    results = [Scored([(truth, prediction)], 2).confusion for prediction in predictions]
    assert np.array_equal(results[0], results[1])
    assert np.array_equal(results[0], results[2])
    assert results[0].sum() == 24


def test_image_without_any_evaluated_pixel_scores_nothing():
    truth = np.full((3, 3), 1000, dtype=np.int32)
    scores = Scored([(truth, np.ones_like(truth))], 2)
    (image,) = scores.images
    assert (image.miou, image.f, image.correct) == (0, 0, False)
    assert scores.confusion.sum() == 0


def test_accuracy_takes_the_largest_predicted_class_and_the_lowest_of_equals():
    truth = np.array([[2, 2, 0, 0, 0]], dtype=np.int32)
    draw_lost = np.array([[2, 2, 1, 1, 0]], dtype=np.int32)
    won = np.array([[2, 2, 1, 0, 0]], dtype=np.int32)
    assert Scored([(truth, draw_lost), (truth, won)], 2).metrics["acc"] == 0.5


def test_image_scores_leave_out_classes_that_the_image_does_not_have():
    truth = np.array([[1, 1, 0, 0]], dtype=np.int32)
    (image,) = Scored([(truth, np.array([[1, 0, 0, 0]], dtype=np.int32))], 9).images
    assert image.miou == pytest.approx((1 / 2 + 2 / 3) / 2)


@pytest.mark.parametrize(
    "bad", [np.array([[0, 5]]), np.array([[0, -1]]), np.array([[0, 1000]]), np.array([[0, 0, 0]])]
)
def test_refuses_predictions_that_are_out_of_range_or_of_another_size(bad):
    with pytest.raises(ValueError, match=r"ids|labels are"):
        count_image(np.zeros((1, 2), dtype=np.int32), bad.astype(np.int32), 4)


def test_metrics_come_in_the_order_of_their_table():
    names = [metric.name for metric in SPLIT_METRICS]
    assert list(Scored(golden(), 3).metrics) == names
    assert len(set(names)) == len(names)


def test_every_metric_is_documented():
    """Groups of sizes stand in one row, under the name of the smallest."""
    page = (Path(__file__).parents[3] / "docs" / "evaluation.md").read_text()
    names = [PIXEL_MATCHED, *(metric.name for metric in SPLIT_METRICS)]
    missing = [
        name
        for name in names
        if not name.endswith(("_ms", "_ml", "_l")) and f"`{name}`" not in page
    ]
    assert missing == []
