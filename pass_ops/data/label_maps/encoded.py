"""A label map as a 16-bit PNG, for artifacts and to send it between processes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.data.codec import MAX_ID
from pass_ops.data.ids import LabelMap


@dataclass(frozen=True)
class EncodedMap:
    """A label map as it is written, which can be kept and sent without its pixels.

    Attributes:
        png: the bytes of a 16-bit PNG.
        height, width: of the map, in pixels.
    """

    png: NDArray[np.uint8]
    height: int
    width: int


def encode_map(labels: LabelMap) -> EncodedMap:
    """A label map as it is written.

    Args:
        labels: ids [H, W] in 0..65535.

    Raises:
        ValueError: an id is out of range.
    """
    if labels.ndim != 2 or not 0 <= labels.min() <= labels.max() <= MAX_ID:
        raise ValueError(f"shape {labels.shape}, ids {labels.min()}..{labels.max()}")
    return EncodedMap(to_png(labels), *labels.shape)


def to_png(labels: LabelMap) -> NDArray[np.uint8]:
    """The bytes of a 16-bit PNG of ids [H, W] in 0..65535."""
    return np.asarray(cv2.imencode(".png", labels.astype(np.uint16))[1])


def from_png(content: NDArray[np.uint8]) -> LabelMap:
    """The ids, int32 [H, W], of what `to_png` gave."""
    return cv2.imdecode(content, cv2.IMREAD_UNCHANGED).astype(np.int32)
