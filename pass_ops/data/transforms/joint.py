"""Random crops of an image together with its label map (method 3.3, segmentation)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.ids import LabelMap
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.data.transforms.views import random_crop


def joint_crop(
    *,
    image: NDArray[np.uint8],
    labels: LabelMap,
    side: int,
    scale: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], LabelMap]:
    """Cut the same box out of both, resize them (bilinear, nearest), mirror both in half the cases.

    Args:
        image: [H, W, 3].
        labels: [h, w], brought to the image's size first if they differ.
        side: of the square result, in pixels.
        scale: limits of the box's area, as a fraction of the image.
        rng: draws the box and the mirroring.

    Returns:
        The crop [side, side, 3] and its labels [side, side].
    """
    height, width = image.shape[:2]
    if labels.shape != (height, width):
        labels = resize_nearest(labels, height, width)
    left, top, w, h = random_crop(rng, (width, height), scale)
    box = (left, top, left + w, top + h)
    view = np.asarray(
        Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR, box=box)
    )
    target = resize_nearest(labels[top : top + h, left : left + w], side, side)
    if rng.random() < 0.5:
        return np.ascontiguousarray(view[:, ::-1]), np.ascontiguousarray(target[:, ::-1])
    return view, target
