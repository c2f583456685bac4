"""Resizing rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.data.decoding.picture import MAX_ASPECT
from pass_ops.data.transforms.resize import resize_image, resize_nearest


@pytest.mark.parametrize(("height", "width"), [(40, 60), (60, 40), (50, 50), (7, 200)])
def test_reference_squeezes_and_fixed_keeps_the_aspect(height: int, width: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    assert resize_image(image, 20, "reference").shape == (20, 20, 3)
    fixed = resize_image(image, 20, "fixed").shape
    assert min(fixed[:2]) == 20
    assert fixed[1] / fixed[0] == pytest.approx(width / height, rel=0.05)


def test_enlargement_is_bilinear_with_half_pixel_centres() -> None:
    image = np.repeat(np.array([[0, 100], [0, 100]], np.uint8)[:, :, None], 3, axis=2)
    np.testing.assert_array_equal(resize_image(image, 4, "fixed")[0, :, 0], [0, 25, 75, 100])


def test_nearest_takes_the_floor_of_the_scaled_index() -> None:
    row = np.array([[10, 11, 12]])
    np.testing.assert_array_equal(resize_nearest(row, 1, 5), [[10, 10, 11, 11, 12]])
    np.testing.assert_array_equal(resize_nearest(row, 1, 2), [[10, 11]])
    np.testing.assert_array_equal(resize_nearest(row, 2, 3), [[10, 11, 12], [10, 11, 12]])


@given(*[st.integers(1, 30)] * 4)
def test_nearest_agrees_with_the_formula_for_every_size(
    height: int, width: int, new_height: int, new_width: int
) -> None:
    values = np.arange(height * width).reshape(height, width)
    resized = resize_nearest(values, new_height, new_width)
    for y in range(new_height):
        for x in range(new_width):
            assert resized[y, x] == values[y * height // new_height, x * width // new_width]


def test_nearest_leaves_type_and_further_axes_alone() -> None:
    values = np.arange(12, dtype=np.int16).reshape(2, 2, 3)
    resized = resize_nearest(values, 4, 4)
    assert (resized.shape, resized.dtype) == ((4, 4, 3), np.int16)
    np.testing.assert_array_equal(resized[3, 3], [9, 10, 11])


def test_the_thinnest_image_that_is_decoded_stays_small() -> None:
    thin = np.zeros((1, MAX_ASPECT, 3), np.uint8)
    assert resize_image(thin, 256, "fixed").nbytes == 256 * 256 * 3 * MAX_ASPECT < 8e6
