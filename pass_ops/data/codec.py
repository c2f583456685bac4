"""The colour code of label images: id = R + 256·G, B = 0 (method 1.4)."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.ids import LabelMap

IGNORE = 1000
"""The id of pixels that are left out of every measurement; only ground truth holds it. A set has
fewer classes (`user_files.categories`).
"""

MAX_ID = 0xFFFF
"""The largest id that the two channels hold."""

UNCERTAIN = 0xFFFF
"""The id of pixels of training labels that the loss leaves out (method 11.4); predictions never
hold it.
"""


def encode_labels(labels: LabelMap) -> NDArray[np.uint8]:
    """Ids [H, W] in 0..65535 as colours, uint8 [H, W, 3] (method 1.4).

    Raises:
        ValueError: an id is outside 0..65535.
    """
    if labels.size and not 0 <= labels.min() <= labels.max() <= MAX_ID:
        raise ValueError(f"label ids are {labels.min()}..{labels.max()}, outside 0..{MAX_ID}")
    return np.stack([labels & 0xFF, labels >> 8, np.zeros_like(labels)], axis=-1).astype(np.uint8)


def decode_labels(colours: NDArray[np.uint8]) -> LabelMap:
    """Colours, uint8 [H, W, 3], as ids, int32 [H, W] in 0..65535 (method 1.4).

    Raises:
        ValueError: a pixel's blue channel is not 0.
    """
    if colours[..., 2].any():
        raise ValueError("the blue channel is not 0 everywhere")
    # Cast before multiplying: 8-bit arithmetic would wrap.
    return colours[..., 0].astype(np.int32) + 256 * colours[..., 1].astype(np.int32)


def encode_mask(labels: LabelMap) -> bytes:
    """Ids [H, W] in 0..65535 as an 8-bit RGB PNG, the form in which ImageNet-S stores masks."""
    buffer = io.BytesIO()
    Image.fromarray(encode_labels(labels)).save(buffer, format="PNG")
    return buffer.getvalue()
