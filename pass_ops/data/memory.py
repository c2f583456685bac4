"""Decoded images kept in memory, shrunk, so that later epochs skip the decoder."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.images import Images


class MemoryImages:
    """Images of a split, the large ones shrunk to a shorter side of `side` pixels.

    Reading is thread-safe. Pickled, it leaves behind what it keeps.

    Args:
        images: where they come from.
        side: shorter side in pixels; images with less than twice the area stay as they are.
        gib: GiB of them to keep at most; images beyond it are decoded at every use.

    Attributes:
        images, side: as given.
        free_bytes: what is left of the budget.
    """

    def __init__(self, images: Images, side: int, gib: float) -> None:
        self.images, self.side, self._gib = images, side, gib
        self.free_bytes = int(gib * 2**30)
        self._cache: dict[str, NDArray[np.uint8]] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.images.keys)

    def share(self, processes: int) -> MemoryImages:
        """The same for one of so many processes, which keeps its part of them."""
        return MemoryImages(self.images, self.side, self._gib / processes)

    def __reduce__(self) -> tuple[Any, ...]:
        return MemoryImages, (self.images, self.side, self._gib)

    def name(self, index: int) -> str:
        """What an error calls the image of this place."""
        return self.images.name(self.images.keys[index])

    def __getitem__(self, index: int) -> Image.Image:
        """The image of this place in the order of keys, as RGB."""
        key = self.images.keys[index]
        hit = self._cache.get(key)
        if hit is not None:
            return Image.fromarray(hit)
        image = shrink(Image.fromarray(self.images.image(key, self.side)), self.side)
        pixels = np.asarray(image)
        with self._lock:
            if key not in self._cache and pixels.nbytes <= self.free_bytes:
                self._cache[key] = pixels
                self.free_bytes -= pixels.nbytes
        return image


def shrink(image: Image.Image, side: int) -> Image.Image:
    """Shrink an image, keeping its aspect ratio, where that halves its memory at least.

    Args:
        image: of any mode; returned as it is where it is small enough: to shrink it takes longer
            than to cut a view out of it.
        side: what the shorter side becomes, in pixels.
    """
    scale = side / min(image.size)
    if scale**2 > 0.5:
        return image
    width, height = (max(1, round(length * scale)) for length in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)
