"""Bars, curve and confusion matrix as HTML and SVG."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from pass_ops.evaluation.curve.chart import Frame, curve_chart
from pass_ops.evaluation.curve.curve import PointScores
from pass_ops.evaluation.report.bars import class_bars, size_bars
from pass_ops.evaluation.report.confusion import (
    MOST_IDS,
    confusion_chart,
    confusion_table,
    worst_ids,
)
from tests.evaluation.html import Page


def test_class_bars_go_down_from_the_best_class_after_the_background():
    page = Page(class_bars(["background", "cat", "a < b", "dog"], [0.9, 0.1, 0.5, 0.3]))
    assert page.open == []
    assert page.text == ["background", "0.900", "a < b", "0.500", "dog", "0.300", "cat", "0.100"]


def test_size_bars_have_a_dash_where_no_object_has_the_size():
    html = size_bars(
        {"miou_s": math.nan, "miou_ms": 0.25, "boundary_miou_ms": 0.125, "miou_ml": 1.0}
    )
    assert Page(html).text[:8] == [
        *("up to 5 % of the image", "–", "at boundaries", "–"),
        *("5 to 25 %", "0.250", "at boundaries", "0.125"),
    ]
    assert "--share:25.0%" in html


def test_the_curve_rises_where_the_scores_do_and_stays_inside():
    points = [
        PointScores(percent=percent, miou=percent / 200, acc=0.2, f=0.0) for percent in range(101)
    ]
    svg = curve_chart(points, {"tuned": 40, "label-free": 60})
    assert Page(svg).open == []
    miou, *_ = re.findall(r'polyline points="([^"]+)"', svg)
    places = np.array([pair.split(",") for pair in miou.split()], dtype=float)
    assert (np.diff(places[:, 0]) > 0).all()
    assert (np.diff(places[:, 1]) <= 0).all()
    assert places.min() >= 0
    assert places[:, 0].max() <= Frame.width
    assert places[:, 1].max() <= Frame.height
    assert "tuned: 40 %; label-free: 60 %" in Page(svg).text


def test_the_confusion_matrix_says_which_class_was_taken_for_which():
    confusion = np.array([[90, 10, 0], [0, 30, 10], [0, 0, 0]])
    page = Page(confusion_chart(["background", "cat", "dog"], confusion))
    assert page.open == []
    assert [text for text in page.text if "taken" in text] == [
        "background taken for background: 90 %",
        "background taken for cat: 10 %",
        "cat taken for cat: 75 %",
        "cat taken for dog: 25 %",
    ]


def test_the_table_for_kfp_is_the_matrix():
    confusion = np.arange(9).reshape(3, 3)
    assert confusion_table(["background", "cat", "dog"], confusion) == {
        "labels": ["background", "cat", "dog"],
        "matrix": confusion.tolist(),
    }


@pytest.mark.parametrize("classes", [59, 60, 919])
def test_of_many_classes_those_with_the_most_misplaced_pixels_are_shown(classes):
    confusion = np.zeros((classes + 1, classes + 1), dtype=np.int64)
    confusion[0, 1:] = np.arange(1, classes + 1)
    shown = worst_ids(confusion)
    assert len(shown) == min(classes + 1, MOST_IDS)
    assert shown == [0, *range(classes + 2 - len(shown), classes + 1)]
    assert len(confusion_table([str(i) for i in range(classes + 1)], confusion)["labels"]) == len(
        shown
    )
