"""Random views of an image for self-supervised training, and where they lie (method 3.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from pass_ops.config.parts.views import ViewsConfig

Rgb = NDArray[np.uint8]


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
        config: probabilities and strengths of flip, jitter, grey and blur.
        rng: draws all of them.

    Returns:
        The view [size, size, 3] and its crop.
    """
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
    """Change brightness, contrast, saturation and hue, in random order.

    Args:
        view: RGB.
        config: the strengths.
        rng: draws order and amounts.
    """
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
    """Draw a factor near 1.

    Args:
        strength: how far it may lie from 1; it is never negative.
        rng: draws it.
    """
    return float(rng.uniform(max(0.0, 1 - strength), 1 + strength))


def rotate_hue(view: Image.Image, turn: float) -> Image.Image:
    """Rotate the hue of a view.

    Args:
        view: RGB.
        turn: part of the full circle, in [-1, 1].
    """
    hue, saturation, value = view.convert("HSV").split()
    steps = (np.asarray(hue).astype(np.int32) + round(turn * 255)) % 256
    new_hue = Image.fromarray(steps.astype(np.uint8))
    return Image.merge("HSV", (new_hue, saturation, value)).convert("RGB")
