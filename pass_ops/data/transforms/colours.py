"""Changes of a view's colours and sharpness for self-supervised training (method 3.3).

OpenCV's, which do in a tenth of the time what Pillow's do, up to rounding.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.config.parts.views import ViewsConfig

Rgb = NDArray[np.uint8]
_HUES = 256
"""Steps of OpenCV's full hue circle, in which 8-bit numbers go round."""


def jitter(view: Rgb, config: ViewsConfig, rng: np.random.Generator) -> Rgb:
    """Change brightness, contrast, saturation and hue, in random order.

    Args:
        view: [H, W, 3].
        config: the strengths.
        rng: draws order and amounts.
    """
    for change in rng.permutation(4):
        if change == 0:
            view = brighten(view, _factor(config.brightness, rng))
        elif change == 1:
            view = change_contrast(view, _factor(config.contrast, rng))
        elif change == 2:
            view = saturate(view, _factor(config.saturation, rng))
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


def brighten(view: Rgb, factor: float) -> Rgb:
    """Multiply all values.

    Args:
        view: uint8 [H, W, 3].
        factor: from 0.
    """
    return _weighted(view, factor)


def change_contrast(view: Rgb, factor: float) -> Rgb:
    """Multiply the difference from the view's mean grey.

    Args:
        view, factor: see `brighten`.
    """
    mean = round(cv2.mean(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY))[0])
    return _weighted(view, factor, (1 - factor) * mean)


def saturate(view: Rgb, factor: float) -> Rgb:
    """Multiply the difference from each pixel's grey.

    Args:
        view, factor: see `brighten`.
    """
    return np.asarray(cv2.addWeighted(view, factor, grey(view), 1 - factor, 0), np.uint8)


def _weighted(view: Rgb, factor: float, summand: float = 0.0) -> Rgb:
    """Values times `factor` plus `summand`, rounded, within 0…255."""
    return np.asarray(cv2.addWeighted(view, factor, view, 0, summand), np.uint8)


def rotate_hue(view: Rgb, turn: float) -> Rgb:
    """Rotate the hue of a view.

    Args:
        view: [H, W, 3].
        turn: part of the full circle, in [-1, 1].
    """
    values = np.asarray(cv2.cvtColor(view, cv2.COLOR_RGB2HSV_FULL), np.uint8)
    values[:, :, 0] += np.uint8(round(turn * _HUES) % _HUES)
    return np.asarray(cv2.cvtColor(values, cv2.COLOR_HSV2RGB_FULL), np.uint8)


def grey(view: Rgb) -> Rgb:
    """Take the colours away; three equal channels stay."""
    values = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(values, cv2.COLOR_GRAY2RGB), np.uint8)


def solarise(view: Rgb) -> Rgb:
    """Mirror the values above one half, so that bright parts become dark.

    Args:
        view: [H, W, 3].
    """
    return np.minimum(view, np.uint8(255) - view)


def blur(view: Rgb, radius: float) -> Rgb:
    """Blur by a Gaussian.

    Args:
        view: [H, W, 3].
        radius: its standard deviation, in pixels.
    """
    blurred = cv2.GaussianBlur(view, (0, 0), radius, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.uint8)
