"""Metrics, matching and threshold curve against the published arithmetic, on random cases and the
golden example.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from pass_ops.evaluation.curve.threshold_curve import ThresholdCurve
from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.split_scores import Scores
from tests.evaluation.scoring.golden import golden
from tests.parity.published import IGNORE, published_matching, published_metrics, random_pairs

CASES = 200


def scores_of(pairs, classes):
    """Our scores of pairs of truth and labels."""
    scores = Scores(classes)
    for truth, prediction in pairs:
        scores.add(count_image(truth, prediction, classes))
    return scores


def applied(pairs, classes_of):
    """The pairs with predictions renamed."""
    return [(truth, np.array((0, *classes_of), dtype=np.int32)[labels]) for truth, labels in pairs]


@pytest.mark.parametrize("block", range(20))
def test_equals_the_published_arithmetic(block):
    for seed in range(block * CASES // 20, (block + 1) * CASES // 20):
        pairs, classes = random_pairs(seed)
        scores = scores_of(pairs, classes)
        matching = scores.matching()
        assert matching.classes == published_matching(pairs, classes), seed
        expected = published_metrics(applied(pairs, matching.classes), classes)
        metrics = scores.under(matching).metrics
        # We may have metrics that were not published.
        ours = {name: metrics[name] for name in expected}
        assert ours == pytest.approx(expected, abs=1e-9, nan_ok=True), seed


@pytest.mark.parametrize("seed", range(20))
def test_the_curve_equals_the_published_arithmetic_at_every_threshold(seed):
    pairs, classes = random_pairs(seed)
    rng = np.random.default_rng(seed)
    curve, images = ThresholdCurve(classes), []
    for truth, labels in pairs:
        attention = rng.random(truth.shape).astype(np.float32).round(2)
        images.append((attention, np.maximum(labels, 1), truth))
        curve.add(*images[-1])
    for point in curve.points(range(0, 101, 20)):
        foreground = [
            (truth, np.where(attention >= np.float32(point.percent / 100), labels, 0))
            for attention, labels, truth in images
        ]
        assert point.matching.classes == published_matching(foreground, classes)
        expected = published_metrics(applied(foreground, point.matching.classes), classes)
        ours = {"miou": point.miou, "acc": point.acc, "f": point.f}
        assert ours == pytest.approx({name: expected[name] for name in ours}, abs=1e-9)


def test_the_golden_example():
    """method 15.5, by both."""
    expected = {
        "miou": 53.1433,
        "boundary_miou": 50.5117,
        "f": 73.8749,
        "acc": 100,
        "miou_ms": 58.3333,
        "miou_l": 87.3016,
    }
    ours = scores_of(golden(), 3).under(Matching((1, 2, 3))).metrics
    for metrics in (ours, published_metrics(golden(), 3)):
        percent = {name: 100 * value for name, value in metrics.items()}
        assert {name: percent[name] for name in expected} == pytest.approx(expected, abs=1e-4)
        assert math.isnan(percent["miou_s"])
        assert math.isnan(percent["miou_ml"])


def test_random_cases_reach_every_size_and_ignored_pixels():
    nonzero, ignored = set(), False
    for seed in range(60):
        pairs, classes = random_pairs(seed)
        nonzero |= {name for name, value in published_metrics(pairs, classes).items() if value > 0}
        ignored |= any((truth == IGNORE).any() for truth, _ in pairs)
    assert len(nonzero) == 12
    assert ignored
