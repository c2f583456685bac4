"""How an image lies in the square that Segment Anything sees (method 16.1, 16.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.transforms.resize import linear_places
from pass_ops.sam.interface import Rgb

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """An image's size and the square's: the image is in the top left corner, resized.

    Attributes:
        size: (height, width) of the image in pixels.
        side: of the square in pixels.
        stretched: whether the image fills the square, as in SAM 2, and not only its longer side.
    """

    size: tuple[int, int]
    side: int
    stretched: bool = False

    @property
    def inner_size(self) -> tuple[int, int]:
        """(height, width) of the image in the square, its longer side being the square's."""
        if self.stretched:
            return self.side, self.side
        scale = self.side / max(self.size)
        height, width = (max(1, int(length * scale + 0.5)) for length in self.size)
        return height, width

    def enlargement(self, low_side: int) -> tuple[Floats, Floats]:
        """Matrices R [H, low_side] and C [W, low_side]: R @ logits @ C.T are at the image's size.

        Enlarged to the square, cropped, resized, all bilinear, as published (method 16.5). Each of
        these is linear in rows and in columns, so that all of them are one matrix for either: the
        masks are never as large as the square. SAM 2 resizes in one step.

        Args:
            low_side: of the logits, which cover the square.
        """
        if self.stretched:
            height, width = self.size
            return _linear(low_side, height), _linear(low_side, width)
        rows, columns = (
            _linear(inner, length) @ _linear(low_side, self.side)[:inner]
            for inner, length in zip(self.inner_size, self.size, strict=True)
        )
        return rows, columns

    def scale(self, points: Floats) -> Floats:
        """Bring points [..., 2], x and y in pixels of the image, into the square."""
        (height, width), (new_height, new_width) = self.size, self.inner_size
        return points * np.array([new_width / width, new_height / height], np.float32)


def frame_of(rgb: Rgb, side: int, *, stretched: bool = False) -> Frame:
    """How an image lies in the square.

    Args:
        rgb: [H, W, 3].
        side: of the square in pixels.
        stretched: whether it fills the square.
    """
    height, width = rgb.shape[:2]
    return Frame((height, width), side, stretched)


def _linear(source: int, target: int) -> Floats:
    """What a bilinear resize of an axis multiplies it with, [target, source].

    Args:
        source, target: lengths of the axis.
    """
    first, second, weight = linear_places(source, target)
    matrix = np.zeros((target, source), np.float32)
    places = np.arange(target)
    np.add.at(matrix, (places, first), 1 - weight)
    np.add.at(matrix, (places, second), weight)
    return matrix
