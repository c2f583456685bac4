"""Two views by Pillow and NumPy alone.

Pillow's decoder, scaling and colours are those of the published code: beside them stands what
OpenCV's are worth, without the tensors that the peers make.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from pass_ops.config.parts.views import ViewsConfig
from pass_ops.data.transforms.normalise import MEAN, STD
from pass_ops.data.transforms.views import random_crop

SIDE, SIZE, SCALE = 320, 224, (0.08, 1.0)


def pillow_views(data: bytes, rng: np.random.Generator) -> NDArray[np.float32]:
    """Both views [2, 3, s, s].

    Args:
        data: a JPEG.
        rng: draws the views.
    """
    image = Image.fromarray(np.array(Image.open(io.BytesIO(data)).convert("RGB")))
    width, height = image.size
    scale = SIDE / min(width, height)
    image = image.resize((round(width * scale), round(height * scale)), Image.Resampling.BILINEAR)
    image = Image.fromarray(np.asarray(image))
    values = np.stack([_view(image, rng) for _ in range(2)]).astype(np.float32) / 255
    batch = (values - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return np.ascontiguousarray(batch.transpose(0, 3, 1, 2))


def _view(image: Image.Image, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One view [s, s, 3].

    Args:
        image: to be cropped.
        rng: draws it.
    """
    config = ViewsConfig()
    left, top, width, height = random_crop(rng, image.size, SCALE)
    box = (left, top, left + width, top + height)
    view = image.resize((SIZE, SIZE), Image.Resampling.BILINEAR, box=box)
    if rng.random() < config.flip_probability:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < config.jitter_probability:
        kinds: tuple[Any, ...] = (
            ImageEnhance.Brightness,
            ImageEnhance.Contrast,
            ImageEnhance.Color,
        )
        for change in rng.permutation(4):
            if change == 3:
                view = _hue(view, rng.uniform(-config.hue, config.hue))
            else:
                view = kinds[change](view).enhance(rng.uniform(0.2, 1.8))
    if rng.random() < config.grayscale_probability:
        view = view.convert("L").convert("RGB")
    if rng.random() < config.blur_probability:
        view = view.filter(ImageFilter.GaussianBlur(rng.uniform(0.1, 2.0)))
    return np.asarray(view)


def _hue(view: Image.Image, turn: float) -> Image.Image:
    """Rotate the hue by a part of the circle."""
    hue, saturation, value = view.convert("HSV").split()
    steps = (np.asarray(hue).astype(np.int32) + round(turn * 255)) % 256
    return Image.merge("HSV", (Image.fromarray(steps.astype(np.uint8)), saturation, value)).convert(
        "RGB"
    )
