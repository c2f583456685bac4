"""An image at each size at which a network sees it, made before the network asks (method 3.3).

A process that reads ahead makes these, so that the one with the network only hands them to the
device.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image


@dataclass(frozen=True)
class ScaledImage:
    """What a network sees of an image.

    Attributes:
        size: (height, width) of the image itself, in pixels.
        scales: the image at each size, normalised, float32 [1, 3, h, w].
    """

    size: tuple[int, int]
    scales: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class Scales:
    """Resizes an image to each size and normalises it.

    Attributes:
        sides: of the sizes, in pixels; see `resize_image`.
        compat: fixed or reference.
    """

    sides: tuple[int, ...]
    compat: str

    def __call__(self, image: NDArray[np.uint8]) -> ScaledImage:
        """What is seen of `image`, RGB [H, W, 3]."""
        height, width = image.shape[:2]
        return ScaledImage(
            (height, width),
            tuple(normalise([resize_image(image, side, self.compat)]) for side in self.sides),
        )


@dataclass(frozen=True)
class ReadScaled:
    """Reads and scales the image of a key. Can be pickled; several threads may call it.

    Attributes:
        images: the split.
        scales: at which an image is seen.
    """

    images: Images
    scales: Scales

    def __call__(self, key: str) -> ScaledImage:
        return self.scales(self.images.image(key))


@dataclass(frozen=True)
class ReadScaledBothWays:
    """The same, of the image and of its mirror image.

    Attributes:
        images, scales: see `ReadScaled`.
    """

    images: Images
    scales: Scales

    def __call__(self, key: str) -> tuple[ScaledImage, ScaledImage]:
        image = self.images.image(key)
        return self.scales(image), self.scales(np.ascontiguousarray(image[:, ::-1]))
