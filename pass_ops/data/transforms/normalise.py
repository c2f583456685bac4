"""From 8-bit pixels to the networks' input (method 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
# The original's self-supervised trainings have a typo in the red channel; `reference` keeps it.
STD_TYPO = (0.228, 0.224, 0.225)


def normalise(
    images: Sequence[NDArray[np.uint8]], std: tuple[float, float, float] = STD
) -> NDArray[np.float32]:
    """Stack images into a batch float32 [N, 3, H, W], in units of standard deviations.

    Args:
        images: N of one size, uint8 [H, W, 3].
        std: standard deviation of each channel of values in [0, 1].
    """
    values = np.stack(images).astype(np.float32) / 255
    batch = (values - np.array(MEAN, np.float32)) / np.array(std, np.float32)
    return np.ascontiguousarray(batch.transpose(0, 3, 1, 2))
