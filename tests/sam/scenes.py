"""Drawn objects that the classical segmenter is tried on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scene = tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]
"""An RGB image, and the masks of its two objects."""


def disc(*, height: int, width: int, x: int, y: int, radius: int) -> NDArray[np.bool_]:
    """A mask of the pixels around a centre.

    Args:
        height, width: of the image in pixels.
        x, y: the centre, in pixels.
        radius: in pixels.
    """
    rows, columns = np.ogrid[:height, :width]
    return np.asarray((rows - y) ** 2 + (columns - x) ** 2 < radius**2)


def two_discs() -> Scene:
    """A noisy green [90, 140] with a red disc and a blue one."""
    rng = np.random.default_rng(0)
    red = disc(height=90, width=140, x=45, y=40, radius=24)
    blue = disc(height=90, width=140, x=110, y=50, radius=16)
    rgb = np.full((90, 140, 3), (60, 140, 70))
    rgb[red], rgb[blue] = (190, 50, 50), (50, 60, 200)
    return np.clip(rgb + rng.normal(0, 12, rgb.shape), 0, 255).astype(np.uint8), red, blue
