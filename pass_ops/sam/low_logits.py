"""Low-resolution logits of the back ends that compute none: from an image's own size and back.

As Segment Anything's, they lie in a square: the image in its top left corner, the longer side on
all 256 pixels.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.interface import LOW_SIDE

Field = NDArray[np.float32]

PADDING = -32.0
"""Logit of what lies beside the image: surely no object."""


def to_low_logits(logits: Field) -> Field:
    """Logits [H, W] of an image as [256, 256]."""
    height, width = _inner_size(*logits.shape)
    low_logits = np.full((LOW_SIDE, LOW_SIDE), PADDING, np.float32)
    low_logits[:height, :width] = cv2.resize(
        logits, (width, height), interpolation=cv2.INTER_LINEAR
    )
    return low_logits


def from_low_logits(low_logits: Field, height: int, width: int) -> Field:
    """The logits of an image.

    Args:
        low_logits: [256, 256].
        height, width: of the image in pixels.
    """
    inner_height, inner_width = _inner_size(height, width)
    inner = low_logits[:inner_height, :inner_width]
    return np.asarray(cv2.resize(inner, (width, height), interpolation=cv2.INTER_LINEAR))


def _inner_size(height: int, width: int) -> tuple[int, int]:
    """(height, width) of an image in the square.

    Args:
        height, width: of the image in pixels.
    """
    scale = LOW_SIDE / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))
