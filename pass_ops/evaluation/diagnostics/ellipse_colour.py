"""What the baseline `ellipse_colour` is made of: an ellipse, and colours of whole images."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.engine.progress import track

BINS = 8
SEMI_AXIS = 0.35


def colour_histograms(images: Images, keys: Iterable[str]) -> npt.NDArray[np.float32]:
    """Square roots of the frequencies of 8 x 8 x 8 RGB bins.

    Args:
        images: to take them from.
        keys: of the images to describe.

    Returns:
        float32 [len(keys), 512], rows of norm 1.
    """
    order = tuple(keys)
    rows = []
    for key in track(order, "colour histograms", len(order)):
        bins = images.image(key).reshape(-1, 3).astype(np.int64) * BINS // 256
        counts = np.bincount(bins @ (BINS * BINS, BINS, 1), minlength=BINS**3)
        rows.append(np.sqrt(counts / counts.sum()))
    return np.array(rows, dtype=np.float32)


def ellipse(height: int, width: int) -> LabelMap:
    """1 inside the centred ellipse with semi-axes 0.35 of height and width, 0 outside.

    Args:
        height, width: of the image, pixels.

    Returns:
        int32 [height, width].
    """
    y = (np.arange(height)[:, None] + 0.5) / height - 0.5
    x = (np.arange(width) + 0.5) / width - 0.5
    return (y**2 + x**2 <= SEMI_AXIS**2).astype(np.int32)
