"""How an image lies in the padded square: points into it, masks out of it."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.sam.frame import Frame, frame_of


@pytest.mark.parametrize(
    ("size", "inner_size"),
    [
        ((375, 500), (768, 1024)),
        ((500, 375), (1024, 768)),
        ((1200, 1800), (683, 1024)),
        ((64, 64), (1024, 1024)),
        ((1, 900), (1, 1024)),
        ((1, 5000), (1, 1024)),
    ],
)
def test_the_longer_side_becomes_the_square_s(
    size: tuple[int, int], inner_size: tuple[int, int]
) -> None:
    assert Frame(size, 1024).inner_size == inner_size


def test_a_frame_takes_height_and_width_of_its_image() -> None:
    assert frame_of(np.zeros((20, 40, 3), np.uint8), 64) == Frame((20, 40), 64)


def test_x_is_scaled_by_the_width_and_y_by_the_height() -> None:
    frame = Frame((1200, 1800), 1024)
    points = np.float32([[1800, 1200], [900, 0]])
    np.testing.assert_allclose(frame.scale(points), [[1024, 683], [512, 0]])
