"""From an image to the encoder's input, and from the decoder's output back (method 16.1,
16.5).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.sam.interface import Prompt, Rgb

MEAN = np.array([123.675, 116.28, 103.53], np.float32)
STD = np.array([58.395, 57.12, 57.375], np.float32)

PADDING, BOX_START, BOX_END = -1, 2, 3
"""Labels of tokens besides 0 (outside) and 1 (inside): no point at all, and a box's first and last
corner.
"""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """How an image lies in the padded square.

    Attributes:
        size: (height, width) of the image in pixels.
        side: of the square.
    """

    size: tuple[int, int]
    side: int

    @property
    def resized(self) -> tuple[int, int]:
        """(height, width) of the image in the square, its longer side being the square's."""
        scale = self.side / max(self.size)
        height, width = (max(1, int(length * scale + 0.5)) for length in self.size)
        return height, width

    def scale(self, points: Floats) -> Floats:
        """Bring points [..., 2], x and y in pixels of the image, into the square."""
        (height, width), (new_height, new_width) = self.size, self.resized
        return points * np.array([new_width / width, new_height / height], np.float32)

    def restore(self, logits: Floats) -> Floats:
        """Mask logits [low, low] of the square at the image's size [H, W]: enlarged, cropped,
        resized, all bilinear.
        """
        height, width = self.resized
        square = cv2.resize(logits, (self.side, self.side), interpolation=cv2.INTER_LINEAR)[
            :height, :width
        ]
        resized = cv2.resize(square, (self.size[1], self.size[0]), interpolation=cv2.INTER_LINEAR)
        return np.asarray(resized, dtype=np.float32)


def frame_of(rgb: Rgb, side: int) -> Frame:
    """How the image [H, W, 3] lies in a square of `side`."""
    height, width = rgb.shape[:2]
    return Frame((height, width), side)


def preprocess(rgb: Rgb, side: int) -> Floats:
    """[H, W, 3] resized so that its longer side is `side`, normalised, zero on the right and below:
    [3, side, side].
    """
    frame = frame_of(rgb, side)
    height, width = frame.resized
    resized = Image.fromarray(rgb).resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.zeros((3, side, side), np.float32)
    pixels[:, :height, :width] = ((np.asarray(resized, np.float32) - MEAN) / STD).transpose(2, 0, 1)
    return pixels


def prompt_tokens(prompt: Prompt, frame: Frame) -> tuple[Floats, NDArray[np.int32]]:
    """Points [n, 2] in the square and labels [n] of a prompt's tokens: its points, then its box's
    corners.

    Points without a box are followed by one padding point, as in training.
    """
    points, labels = frame.scale(prompt.points.reshape(-1, 2)), prompt.point_labels
    if prompt.box is not None:
        points = np.concatenate([points, frame.scale(prompt.box.reshape(2, 2))])
        labels = np.append(labels, [BOX_START, BOX_END])
    elif len(points):
        points = np.concatenate([points, np.zeros((1, 2), np.float32)])
        labels = np.append(labels, PADDING)
    return points.astype(np.float32), labels.astype(np.int32)
