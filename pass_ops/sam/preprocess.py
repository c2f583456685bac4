"""From an image and a prompt to what Segment Anything's networks take (method 16.1, 16.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.sam.frame import Floats, Frame, frame_of
from pass_ops.sam.interface import Prompt, Rgb

MEAN = np.array([123.675, 116.28, 103.53], np.float32)
STD = np.array([58.395, 57.12, 57.375], np.float32)

PADDING, BOX_START, BOX_END = -1, 2, 3
"""Labels of tokens besides 0 (outside) and 1 (inside): no point, first and last corner of a box."""


def preprocess(rgb: Rgb, side: int) -> Floats:
    """The encoder's input, float32 [3, side, side], zero on the right and below the image.

    Args:
        rgb: [H, W, 3].
        side: what the longer side is resized to, in pixels.
    """
    frame = frame_of(rgb, side)
    height, width = frame.inner_size
    image = Image.fromarray(rgb).resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.zeros((3, side, side), np.float32)
    pixels[:, :height, :width] = ((np.asarray(image, np.float32) - MEAN) / STD).transpose(2, 0, 1)
    return pixels


def prompt_tokens(prompt: Prompt, frame: Frame) -> tuple[Floats, NDArray[np.int32]]:
    """Points and labels of a prompt's tokens: its points, then the corners of its box.

    Points without a box are followed by one padding point, as in training.

    Args:
        prompt: in pixels of the image.
        frame: how the image lies in the square.

    Returns:
        Points [n, 2], x and y in pixels of the square, and labels [n].
    """
    points, labels = frame.scale(prompt.points.reshape(-1, 2)), prompt.point_labels
    if prompt.box is not None:
        points = np.concatenate([points, frame.scale(prompt.box.reshape(2, 2))])
        labels = np.append(labels, [BOX_START, BOX_END])
    elif len(points):
        points = np.concatenate([points, np.zeros((1, 2), np.float32)])
        labels = np.append(labels, PADDING)
    return points.astype(np.float32), labels.astype(np.int32)
