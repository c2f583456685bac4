"""The threshold curve as files."""

from __future__ import annotations

import json
import math

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.evaluation.curve.curve import PointScores, ThresholdChoice
from pass_ops.evaluation.curve.curve_files import (
    SearchedThreshold,
    load_searched_threshold,
    save_curve,
)
from pass_ops.evaluation.files import CURVE, CURVE_PAGE
from tests.evaluation.html import Page


@pytest.fixture
def curve(tmp_path):
    """A folder with a flat curve and two choices of a threshold."""
    points = [PointScores(percent=percent, miou=0.1, acc=0.2, f=0.3) for percent in range(101)]
    choices = [
        ThresholdChoice("tuned", 31, {"miou": 0.5, "miou_l": math.nan}),
        ThresholdChoice("label-free", 44, {"miou": 0.25}),
    ]
    save_curve(
        folder=tmp_path,
        label_space="clustering-1",
        pixels={"resize": 64},
        points=points,
        choices=choices,
    )
    return tmp_path


def test_the_first_choice_is_the_one_that_is_used(curve):
    assert load_searched_threshold(curve) == SearchedThreshold(0.31, "clustering-1", {"resize": 64})


def test_the_file_holds_every_point_and_null_for_nan(curve):
    values = json.loads((curve / CURVE).read_text())
    assert values["points"][7] == {
        "percent": 7,
        "agreement": None,
        "miou": 0.1,
        "acc": 0.2,
        "f": 0.3,
    }
    assert values["chosen"][0]["metrics"] == {"miou": 0.5, "miou_l": None}


def test_the_page_compares_the_choices(curve):
    page = Page((curve / CURVE_PAGE).read_text())
    assert page.open == []
    assert {"tuned: 31 %", "label-free: 44 %", "0.500", "0.250"} <= set(page.text)


@pytest.mark.parametrize("text", ["{", '{"chosen": []}', '{"chosen": [{"percent": 3}]}'])
def test_other_files_are_refused(tmp_path, text):
    (tmp_path / CURVE).write_text(text)
    with pytest.raises(ArtifactError, match="holds no threshold curve"):
        load_searched_threshold(tmp_path)
