"""Random views of an image for self-supervised training, and where they lie (method 3.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from pass_ops.config.parts.views import ViewsConfig
from pass_ops.data.transforms.colours import Rgb, blur, grey, jitter, solarise


@dataclass(frozen=True, kw_only=True)
class Crop:
    """Where a view lies in its image.

    Attributes:
        left, top, width, height: of the rectangle that it shows, in pixels of the image.
        flipped: whether it is mirrored left to right.
    """

    left: int
    top: int
    width: int
    height: int
    flipped: bool = False


def random_crop(
    rng: np.random.Generator, size: tuple[int, int], scale: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Draw a rectangle with its area uniform and its aspect log-uniform in 3/4…4/3.

    After ten draws that do not fit, it is the largest central one within the limits of the aspect.

    Args:
        rng: draws it.
        size: (width, height) of the image in pixels.
        scale: limits of the area, as a fraction of the image.

    Returns:
        (left, top, width, height) in pixels.
    """
    width, height = size
    for _ in range(10):
        area = width * height * rng.uniform(*scale)
        aspect = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            return int(rng.integers(width - w + 1)), int(rng.integers(height - h + 1)), w, h
    w, h = min(width, round(height * 4 / 3)), min(height, round(width * 4 / 3))
    return (width - w) // 2, (height - h) // 2, w, h


def random_view(
    *,
    image: Image.Image,
    size: int,
    scale: tuple[float, float],
    config: ViewsConfig,
    rng: np.random.Generator,
) -> tuple[Rgb, Crop]:
    """Draw one view of an image, and say where it lies.

    Args:
        image: RGB.
        size: side of the view in pixels.
        scale: limits of the crop's area, as a fraction of the image.
        config: probabilities and strengths of flip, jitter, grey, solarisation and blur.
        rng: draws all of them.

    Returns:
        The view [size, size, 3] and its crop.
    """
    left, top, width, height = random_crop(rng, image.size, scale)
    # Pillow's resize, unlike OpenCV's, averages over all pixels that a smaller view leaves out.
    view: Rgb = np.asarray(
        image.resize(
            (size, size), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height)
        )
    )
    flipped = rng.random() < config.flip_probability
    if flipped:
        view = np.ascontiguousarray(view[:, ::-1])
    if rng.random() < config.jitter_probability:
        view = jitter(view, config, rng)
    if rng.random() < config.grayscale_probability:
        view = grey(view)
    # Nothing is drawn where it is off: the draws of the papers' profiles stay as they were.
    if config.solarise_probability and rng.random() < config.solarise_probability:
        view = solarise(view)
    if rng.random() < config.blur_probability:
        view = blur(view, rng.uniform(config.blur_radius[0], config.blur_radius[1]))
    return view, Crop(left=left, top=top, width=width, height=height, flipped=bool(flipped))
