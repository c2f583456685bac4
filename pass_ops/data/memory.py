"""Decoded images kept in memory, shrunk, so that later epochs skip the decoder."""

from __future__ import annotations

from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.images import Images

BUDGET = 2**30


class MemoryImages:
    """Images of a split with their shorter side at most `side` pixels.

    Args:
        images: where they come from.
        side: shorter side in pixels; smaller images stay as they are.
        budget: bytes to keep at most; images beyond it are decoded at every use.
    """

    def __init__(self, images: Images, side: int, budget: int = BUDGET) -> None:
        self.images, self.side, self.left = images, side, budget
        self._kept: dict[str, NDArray[np.uint8]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.images.keys)

    def __getitem__(self, index: int) -> Image.Image:
        key = self.images.keys[index]
        kept = self._kept.get(key)
        if kept is not None:
            return Image.fromarray(kept)
        image = shrink(Image.fromarray(self.images.image(key)), self.side)
        pixels = np.asarray(image)
        with self._lock:
            if key not in self._kept and pixels.nbytes <= self.left:
                self._kept[key] = pixels
                self.left -= pixels.nbytes
        return image


def shrink(image: Image.Image, side: int) -> Image.Image:
    """Shrink so that the shorter side is at most `side`, keeping the aspect ratio."""
    scale = side / min(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)
