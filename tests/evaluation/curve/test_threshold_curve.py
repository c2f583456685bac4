"""The threshold curve against every threshold scored by itself."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.curve.threshold_curve import ThresholdCurve, best_point
from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.split_scores import Scores


def random_image(rng, classes):
    """Attention that often lies on a threshold exactly, labels with equal areas, several classes,
    ignored pixels.
    """
    shape = tuple(rng.integers(2, 15, 2))
    fine = rng.random(shape)
    attention = np.where(rng.random(shape) < 0.5, fine, fine.round(2)).astype(np.float32)
    labels = rng.integers(1, classes + 1, shape).astype(np.int32)
    truth = rng.choice([0, *rng.integers(1, classes + 1, 2), 1000], shape).astype(np.int32)
    return attention, labels, truth


def brute_force(images, classes, percent):
    """Matching and metrics at one threshold."""
    scores = Scores(classes)
    for attention, labels, truth in images:
        foreground = attention >= np.float32(percent / 100)
        scores.add(count_image(truth, np.where(foreground, labels, 0), classes))
    matching = scores.matching()
    return matching, scores.under(matching).metrics


@pytest.mark.parametrize("seed", range(6))
def test_equals_brute_force(seed):
    rng = np.random.default_rng(seed)
    classes = int(rng.integers(1, 7))
    images = [random_image(rng, classes) for _ in range(8)]
    images.append((images[0][0], images[0][1], np.full_like(images[0][2], 1000)))
    curve = ThresholdCurve(classes)
    for image in images:
        curve.add(*image)
    for point in curve.points(range(0, 101, 5)):
        matching, metrics = brute_force(images, classes, point.percent)
        assert point.matching == matching
        assert (point.miou, point.acc, point.f) == pytest.approx(
            (metrics["miou"], metrics["acc"], metrics["f"]), abs=1e-12
        )


def test_every_float_threshold_belongs_to_its_own_percent():
    """One row of 101 pixels whose attention is exactly t / 100: at t percent 101 - t of them are
    left.
    """
    attention = (np.arange(101) / 100).astype(np.float32)[None]
    truth = np.ones((1, 101), dtype=np.int32)
    curve = ThresholdCurve(1)
    curve.add(attention, truth, truth)
    left = [101 - percent for percent in range(101)]
    assert [2 * point.miou * 101 for point in curve.points(range(101))] == pytest.approx(left)


def test_equal_areas_go_to_the_lowest_class_after_the_matching():
    """Clusters 1 and 2 have equal areas in the last image; matched crosswise, cluster 2 is class 1
    and decides.
    """
    full = np.ones((1, 2), dtype=np.float32)
    curve = ThresholdCurve(2)
    for _ in range(2):
        curve.add(full, np.array([[1, 1]], dtype=np.int32), np.array([[2, 2]], dtype=np.int32))
        curve.add(full, np.array([[2, 2]], dtype=np.int32), np.array([[1, 1]], dtype=np.int32))
    curve.add(full, np.array([[1, 2]], dtype=np.int32), np.array([[1, 1]], dtype=np.int32))
    (point,) = curve.points([50])
    assert point.matching.classes == (2, 1)
    assert point.acc == 1


def test_best_point_is_the_lowest_of_equals():
    curve = ThresholdCurve(1)
    labels = np.ones((2, 2), dtype=np.int32)
    curve.add(np.full((2, 2), 0.5, dtype=np.float32), labels, labels)
    assert best_point(curve.points(range(30, 61))).percent == 30


@pytest.mark.parametrize("attention", [-0.01, 1.01, np.nan])
def test_refuses_attention_out_of_range(attention):
    labels = np.ones((2, 2), dtype=np.int32)
    with pytest.raises(ValueError, match="attention"):
        ThresholdCurve(1).add(np.full((2, 2), attention, dtype=np.float32), labels, labels)


def test_refuses_ids_above_the_number_of_classes():
    labels = np.full((2, 2), 2, dtype=np.int32)
    with pytest.raises(ValueError, match="ids"):
        ThresholdCurve(1).add(np.ones((2, 2), dtype=np.float32), labels, labels)
