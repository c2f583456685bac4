"""Which images and classes a page shows."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.report.examples import best_median_worst, shown_classes, spread
from pass_ops.evaluation.scoring.evaluate import Evaluation
from pass_ops.evaluation.scoring.image_scores import ImageScores
from pass_ops.evaluation.scoring.matching import Matching


def images(count):
    """Scores of so many images, the better the later."""
    return {f"{number:02}": ImageScores(number / 100, 0, False) for number in range(count)}


def test_spread_reaches_from_the_best_to_the_worst():
    assert spread(images(21), 5) == ["20", "15", "10", "05", "00"]
    assert sorted(spread(images(21), 50)) == sorted(images(21))


@pytest.mark.parametrize(
    ("count", "keys"), [(0, []), (1, ["00"]), (2, ["01", "00"]), (5, ["04", "02", "00"])]
)
def test_best_median_and_worst_of_a_class(count, keys):
    assert best_median_worst(images(count)) == keys


@pytest.mark.parametrize(
    ("classes", "shown"),
    [(3, [1, 2, 3]), (60, list(range(1, 61))), (70, [*range(1, 31), *range(41, 71)])],
)
def test_of_many_classes_the_best_and_the_worst_are_shown(classes, shown):
    iou = np.append(0.5, np.linspace(0.9, 0.1, classes))
    names = tuple(f"c{number}" for number in range(1, classes + 1))
    nothing = np.zeros((classes + 1, classes + 1), dtype=np.int64)
    scores = Evaluation(
        metrics={},
        matching=Matching(tuple(range(1, classes + 1))),
        categories=names,
        iou=iou,
        boundary_iou=iou,
        confusion=nothing,
        images={},
    )
    assert shown_classes(scores) == [(number, f"c{number}") for number in shown]
