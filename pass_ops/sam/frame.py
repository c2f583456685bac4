"""How an image lies in the padded square that Segment Anything sees (method 16.1, 16.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.interface import Rgb

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """An image's size and the square's: the image is in the top left corner, resized.

    Attributes:
        size: (height, width) of the image in pixels.
        side: of the square in pixels.
    """

    size: tuple[int, int]
    side: int

    @property
    def inner_size(self) -> tuple[int, int]:
        """(height, width) of the image in the square, its longer side being the square's."""
        scale = self.side / max(self.size)
        height, width = (max(1, int(length * scale + 0.5)) for length in self.size)
        return height, width

    def scale(self, points: Floats) -> Floats:
        """Bring points [..., 2], x and y in pixels of the image, into the square."""
        (height, width), (new_height, new_width) = self.size, self.inner_size
        return points * np.array([new_width / width, new_height / height], np.float32)


def frame_of(rgb: Rgb, side: int) -> Frame:
    """How an image lies in the square.

    Args:
        rgb: [H, W, 3].
        side: of the square in pixels.
    """
    height, width = rgb.shape[:2]
    return Frame((height, width), side)
