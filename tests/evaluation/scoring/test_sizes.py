"""Sizes of objects."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.scoring.sizes import SIZES, size_of


@pytest.mark.parametrize(
    ("area", "size"),
    [
        (1, "s"),
        (50, "s"),
        (51, "ms"),
        (250, "ms"),
        (251, "ml"),
        (500, "ml"),
        (501, "l"),
        (1000, "l"),
    ],
)
def test_limits_are_inclusive_after_rounding_up(area, size):
    assert SIZES[size_of(np.array([1000 - area, area]))[1]] == size


def test_every_region_has_a_size_of_its_own():
    assert [SIZES[size] for size in size_of(np.array([300, 20, 600, 30, 50]))] == [
        "ml",
        "s",
        "l",
        "s",
        "s",
    ]


def test_an_image_without_evaluated_pixels_has_no_region():
    assert size_of(np.array([], dtype=np.int64)).tolist() == []
