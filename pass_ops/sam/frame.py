"""The square frame of low-resolution logits: the image in its top left corner, its longer side on
all 256 pixels.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.interface import LOW_SIDE

Field = NDArray[np.float32]


def to_frame(logits: Field) -> Field:
    """Logits [H, W] of an image as [256, 256]; what lies beside the image is far below 0."""
    height, width = _inner(*logits.shape)
    framed = np.full((LOW_SIDE, LOW_SIDE), -32, np.float32)
    framed[:height, :width] = cv2.resize(logits, (width, height), interpolation=cv2.INTER_LINEAR)
    return framed


def from_frame(framed: Field, height: int, width: int) -> Field:
    """The logits [height, width] of an image from its frame [256, 256]."""
    inner_height, inner_width = _inner(height, width)
    return np.asarray(
        cv2.resize(
            framed[:inner_height, :inner_width], (width, height), interpolation=cv2.INTER_LINEAR
        )
    )


def _inner(height: int, width: int) -> tuple[int, int]:
    scale = LOW_SIDE / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))
