"""Images, prompts and masks between their own size and the padded square."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.sam.interface import Prompt
from pass_ops.sam.preprocess import MEAN, STD, Frame, preprocess, prompt_tokens

NO_POINTS = np.zeros((0, 2), np.float32), np.zeros(0, np.int32)


@pytest.mark.parametrize(
    ("size", "resized"),
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
    size: tuple[int, int], resized: tuple[int, int]
) -> None:
    assert Frame(size, 1024).resized == resized


def test_pixels_are_normalised_and_padded_on_the_right_and_below() -> None:
    rgb = np.full((20, 40, 3), (10, 20, 30), np.uint8)
    pixels = preprocess(rgb, 64)
    assert pixels.shape == (3, 64, 64)
    assert pixels.dtype == np.float32
    expected = (np.array([10, 20, 30]) - MEAN) / STD
    np.testing.assert_allclose(
        pixels[:, :32], np.broadcast_to(expected[:, None, None], (3, 32, 64)), rtol=1e-5
    )
    assert not pixels[:, 32:].any()
    np.testing.assert_allclose(
        preprocess(rgb.transpose(1, 0, 2), 64), pixels.transpose(0, 2, 1), rtol=1e-6
    )


def test_x_is_scaled_by_the_width_and_y_by_the_height() -> None:
    frame = Frame((1200, 1800), 1024)
    points = np.float32([[1800, 1200], [900, 0]])
    np.testing.assert_allclose(frame.scale(points), [[1024, 683], [512, 0]])


def test_a_box_is_two_corners_after_the_points() -> None:
    frame = Frame((50, 100), 200)
    points, labels = np.float32([[10, 20], [30, 40]]), np.int32([1, 0])
    tokens, kinds = prompt_tokens(
        Prompt(points=points, point_labels=labels, box=np.float32([1, 2, 99, 49])), frame
    )
    assert tokens.tolist() == [[20, 40], [60, 80], [2, 4], [198, 98]]
    assert kinds.tolist() == [1, 0, 2, 3]


def test_points_without_a_box_are_followed_by_one_padding_point() -> None:
    frame = Frame((50, 100), 200)
    tokens, kinds = prompt_tokens(
        Prompt(points=np.float32([[10, 20]]), point_labels=np.int32([1])), frame
    )
    assert tokens.tolist() == [[20, 40], [0, 0]]
    assert kinds.tolist() == [1, -1]


def test_a_box_alone_and_no_prompt_at_all_get_none() -> None:
    frame = Frame((50, 100), 200)
    assert prompt_tokens(Prompt(*NO_POINTS, np.float32([0, 0, 1, 1])), frame)[1].tolist() == [2, 3]
    tokens, kinds = prompt_tokens(Prompt(*NO_POINTS), frame)
    assert (tokens.shape, kinds.shape) == ((0, 2), (0,))


@given(st.integers(1, 90), st.integers(1, 90))
def test_restored_masks_have_the_image_s_size(height: int, width: int) -> None:
    restored = Frame((height, width), 64).restore(np.ones((16, 16), np.float32))
    assert restored.shape == (height, width)
    np.testing.assert_allclose(restored, 1, rtol=1e-6)


@pytest.mark.parametrize("size", [(60, 96), (96, 60), (30, 48), (64, 64)])
def test_a_restored_mask_lies_where_its_logits_are(size: tuple[int, int]) -> None:
    frame = Frame(size, 64)
    x = np.arange(16) + 0.5
    logits = np.broadcast_to(x * 4, (16, 16)).astype(
        np.float32
    )  # Columns of the square, in pixels.
    own = (np.arange(size[1]) + 0.5) * frame.resized[1] / size[1]
    inner = (own > 2) & (own < 62)
    np.testing.assert_allclose(frame.restore(logits)[size[0] // 2, inner], own[inner], atol=0.6)
