"""The brightest point (method 8). Maps are not square: x is the column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.pseudo_labels.points import brightest_point, largest_component

NOTHING = np.zeros((4, 9), bool)


def attention(**bright: float) -> np.ndarray:
    """[4, 9] of 0.1, with `r1c7=0.9` where said."""
    values = np.full((4, 9), 0.1, np.float32)
    for place, value in bright.items():
        row, column = place[1:].split("c")
        values[int(row), int(column)] = value
    return values


@pytest.mark.parametrize("compat", ["fixed", "reference"])
def test_x_is_the_column_and_y_the_row(compat: str) -> None:
    assert brightest_point(attention(r1c7=0.9), NOTHING, compat) == (7, 1)


def test_reference_takes_the_first_maximum_in_row_major_order() -> None:
    assert brightest_point(attention(r1c7=0.9, r2c0=0.9), ~NOTHING, "reference") == (7, 1)


def test_fixed_stays_inside_the_largest_component() -> None:
    values = attention(r0c0=0.9, r2c5=0.7, r2c6=0.8, r3c6=0.7)
    foreground = values >= 0.6
    assert brightest_point(values, foreground, "reference") == (0, 0)
    assert brightest_point(values, foreground, "fixed") == (6, 2)


def test_corners_connect() -> None:
    foreground = NOTHING.copy()
    foreground[[0, 1, 2], [0, 1, 2]] = True
    foreground[3, 7:9] = True
    assert largest_component(foreground).sum() == 3


def test_of_a_plateau_the_point_nearest_to_its_centroid_is_taken() -> None:
    values = np.full((5, 9), 0.1, np.float32)
    values[1:4, 2:7] = 0.9
    assert brightest_point(values, values > 0.5, "fixed") == (4, 2)
    assert brightest_point(values, values > 0.5, "reference") == (2, 1)


def test_the_centroid_of_a_ring_is_brought_back_onto_it() -> None:
    values = np.full((7, 9), 0.1, np.float32)
    values[1:6, 2:7] = 0.9
    values[2:5, 3:6] = 0.5
    x, y = brightest_point(values, values > 0.3, "fixed")
    assert values[y, x] == np.float32(0.9)


@given(
    st.integers(0, 2**32),
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from(["fixed", "reference"]),
)
def test_the_point_is_inside_the_image_and_in_the_foreground_if_there_is_any(
    seed: int, height: int, width: int, compat: str
) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 5, (height, width)).astype(np.float32) / 5
    foreground = values >= 0.6
    x, y = brightest_point(values, foreground, compat)
    assert 0 <= x < width
    assert 0 <= y < height
    if foreground.any():
        assert foreground[y, x]
    else:
        assert values[y, x] == values.max()
