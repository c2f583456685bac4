"""What the networks are given of an image and a prompt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pass_ops.sam.frame import Frame
from pass_ops.sam.interface import Prompt
from pass_ops.sam.preprocess import MEAN, STD, preprocess, prompt_tokens

FRAME = Frame((50, 100), 200)
NO_POINTS = Prompt(points=np.zeros((0, 2), np.float32), point_labels=np.zeros(0, np.int32))


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


def test_a_box_is_two_corners_after_the_points() -> None:
    prompt = Prompt(
        points=np.float32([[10, 20], [30, 40]]),
        point_labels=np.int32([1, 0]),
        box=np.float32([1, 2, 99, 49]),
    )
    points, labels = prompt_tokens(prompt, FRAME)
    assert points.tolist() == [[20, 40], [60, 80], [2, 4], [198, 98]]
    assert labels.tolist() == [1, 0, 2, 3]


def test_points_without_a_box_are_followed_by_one_padding_point() -> None:
    prompt = Prompt(points=np.float32([[10, 20]]), point_labels=np.int32([1]))
    points, labels = prompt_tokens(prompt, FRAME)
    assert points.tolist() == [[20, 40], [0, 0]]
    assert labels.tolist() == [1, -1]


def test_a_box_alone_and_no_prompt_at_all_get_no_padding_point() -> None:
    box = replace(NO_POINTS, box=np.float32([0, 0, 1, 1]))
    assert prompt_tokens(box, FRAME)[1].tolist() == [2, 3]
    points, labels = prompt_tokens(NO_POINTS, FRAME)
    assert (points.shape, labels.shape) == ((0, 2), (0,))
