"""Resizing rules that inference shares (method 3.3)."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Value = TypeVar("Value", bound=np.generic)
Places = NDArray[np.int32]


def resize_image(image: NDArray[np.uint8], side: int, compat: str) -> NDArray[np.uint8]:
    """Resize an image bilinearly, to a square or keeping its aspect ratio.

    Args:
        image: [H, W, 3].
        side: of the square in `reference`, of the shorter side in `fixed`, in pixels.
        compat: fixed or reference.
    """
    height, width = image.shape[:2]
    if compat == "reference":
        size = (side, side)
    else:
        scale = side / min(height, width)
        size = (max(side, round(width * scale)), max(side, round(height * scale)))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))


def resize_bilinear(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Bilinear resize with half-pixel centres, as `models.functional.resize` without Jittor.

    Args:
        values: [C, h, w].
        size: (height, width) of the result, in pixels.
    """
    if values.shape[1:] == size:
        return values
    height, width = size
    planes = [
        cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in values
    ]
    return np.stack(planes).astype(np.float32, copy=False)


def resize_nearest(values: NDArray[Value], height: int, width: int) -> NDArray[Value]:
    """Nearest resize of [h, w, …]: the source index is ⌊target · source size / target size⌋.

    Args:
        values: of any dtype.
        height, width: of the result, in pixels.
    """
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    return values[rows[:, None], columns[None, :]]


def centre_crop(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The centre of an image.

    Args:
        image: uint8 [H, W, 3].
        side: pixels, at most H and W.

    Returns:
        uint8 [side, side, 3], a view.
    """
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return image[top : top + side, left : left + side]


def linear_places(source: int, target: int) -> tuple[Places, Places, NDArray[np.float32]]:
    """From which two places of an axis a bilinear resize makes each place, half-pixel centres.

    Args:
        source: length of the axis.
        target: length of the result.

    Returns:
        Both places [target], and how much the second one weighs [target], 0…1.
    """
    centres = (np.arange(target) + 0.5) * (source / target) - 0.5
    first = np.clip(np.floor(centres), 0, source - 1).astype(np.int32)
    weight = np.clip(centres - first, 0, 1).astype(np.float32)
    return first, np.minimum(first + 1, source - 1), weight
