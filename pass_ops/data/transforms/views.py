"""Random views of an image for self-supervised training (method 3.3), with the geometry that
overlap grids need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from pass_ops.config.views import ViewsConfig

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Crop:
    """A rectangle of the image in pixels, and whether the view mirrors it."""

    left: int
    top: int
    width: int
    height: int
    flipped: bool = False


def random_crop(
    rng: np.random.Generator, size: tuple[int, int], scale: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Draw (left, top, width, height): area fraction uniform in `scale`, log-uniform aspect in
    3/4…4/3.

    After ten draws that do not fit, the largest central crop within the aspect limits.
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
    """One view [size, size, 3] of `image`, and its crop."""
    left, top, width, height = random_crop(rng, image.size, scale)
    view = image.resize(
        (size, size), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height)
    )
    flipped = rng.random() < config.flip_probability
    if flipped:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < config.jitter_probability:
        view = jitter(view, config, rng)
    if rng.random() < config.grayscale_probability:
        view = view.convert("L").convert("RGB")
    if rng.random() < config.blur_probability:
        view = view.filter(
            ImageFilter.GaussianBlur(rng.uniform(config.blur_radius[0], config.blur_radius[1]))
        )
    return np.asarray(view), Crop(
        left=left, top=top, width=width, height=height, flipped=bool(flipped)
    )


def jitter(view: Image.Image, config: ViewsConfig, rng: np.random.Generator) -> Image.Image:
    """Change brightness, contrast, saturation and hue, in random order."""
    for change in rng.permutation(4):
        if change == 0:
            view = ImageEnhance.Brightness(view).enhance(_factor(config.brightness, rng))
        elif change == 1:
            view = ImageEnhance.Contrast(view).enhance(_factor(config.contrast, rng))
        elif change == 2:
            view = ImageEnhance.Color(view).enhance(_factor(config.saturation, rng))
        else:
            view = rotate_hue(view, rng.uniform(-config.hue, config.hue))
    return view


def _factor(strength: float, rng: np.random.Generator) -> float:
    return float(rng.uniform(max(0.0, 1 - strength), 1 + strength))


def rotate_hue(view: Image.Image, turn: float) -> Image.Image:
    """Rotate the hue by `turn` of the full circle."""
    hue, saturation, value = view.convert("HSV").split()
    shifted = (np.asarray(hue).astype(np.int32) + round(turn * 255)) % 256
    rotated = Image.fromarray(shifted.astype(np.uint8))
    return Image.merge("HSV", (rotated, saturation, value)).convert("RGB")
