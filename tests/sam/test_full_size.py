"""Mask logits at an image's own size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.sam.frame import Frame
from pass_ops.sam.full_size import full_size

Floats = NDArray[np.float32]


def restored(logits: Floats, frame: Frame) -> Floats:
    return to_numpy(full_size(jt.array(logits), frame))


def step_by_step(logits: Floats, frame: Frame) -> Floats:
    """Enlarged to the square, cropped, resized, by OpenCV."""
    height, width = frame.inner_size
    square = cv2.resize(logits, (frame.side, frame.side), interpolation=cv2.INTER_LINEAR)
    return cv2.resize(square[:height, :width], frame.size[::-1], interpolation=cv2.INTER_LINEAR)


@pytest.mark.parametrize("size", [(60, 96), (96, 60), (30, 48), (64, 64), (7, 90), (1, 90)])
def test_it_is_what_the_published_steps_give(size: tuple[int, int]) -> None:
    frame = Frame(size, 64)
    logits = np.random.default_rng(0).normal(0, 9, (3, 16, 16)).astype(np.float32)
    full = restored(logits, frame)
    assert full.shape == (3, *size)
    np.testing.assert_allclose(full, [step_by_step(low, frame) for low in logits], atol=1e-4)


@pytest.mark.parametrize("size", [(60, 96), (96, 60), (30, 48), (64, 64)])
def test_a_mask_lies_where_its_logits_are(size: tuple[int, int]) -> None:
    frame = Frame(size, 64)
    x = np.arange(16) + 0.5
    # The value of a logit is its column in the square, in pixels.
    logits = np.broadcast_to(x * 4, (1, 16, 16)).astype(np.float32)
    columns = (np.arange(size[1]) + 0.5) * frame.inner_size[1] / size[1]
    inner = (columns > 2) & (columns < 62)
    row = restored(logits, frame)[0, size[0] // 2]
    np.testing.assert_allclose(row[inner], columns[inner], atol=0.6)
