"""One picture of the synthetic set: objects on a background, and their labels (method 22.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.data.codec import IGNORE
from pass_ops.data.ids import LabelMap
from pass_ops.data.synthetic.shapes import (
    BACKGROUNDS,
    CLASSES,
    Coordinates,
    Field,
    Outline,
    Region,
    Texture,
)

GRAIN = 5.0
"""Standard deviation of the noise on every pixel, in grey levels."""

TILT = np.pi / 12
"""By how much an object is turned at most, either way."""


@dataclass(frozen=True)
class SceneObject:
    """What is drawn where.

    Attributes:
        category: class id, 1..6.
        area: part of the image's area that it covers.
        centre: (x, y) in [0, 1]², as parts of the image's width and height.
    """

    category: int
    area: float
    centre: tuple[float, float]


def draw_scene(
    size: tuple[int, int], objects: Sequence[SceneObject], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], LabelMap]:
    """Draw objects, later ones over earlier ones, on a random background.

    Colours are random: they tell nothing of the class. An object is of another hue than what is
    behind it, and on average as bright; it has strong contrast in itself, backgrounds have little.

    Args:
        size: (width, height) in pixels.
        objects: none for an empty scene.
        rng: draws background, angles, phases, colours, grain and the width of the band.

    Returns:
        RGB image, uint8 [H, W, 3], and labels, int32 [H, W]: 0, class ids, 1000 in a band of 1 or 2
        pixels around them.
    """
    width, height = size
    background = BACKGROUNDS[rng.integers(len(BACKGROUNDS))]
    at = _rotated(size, (0.5, 0.5), rng)
    luma, hue = rng.uniform(105, 150), rng.uniform(0, 2 * np.pi)
    behind = _colours(luma=luma, hue=hue, contrast=rng.uniform(0, 30), chroma=rng.uniform(25, 45))
    image = _mix(_textured(background, at, rng), *behind)
    labels = np.zeros((height, width), np.int32)
    for item in objects:
        outline, texture = CLASSES[item.category - 1]
        at = _rotated(size, item.centre, rng)
        inside = _scaled(outline, at, item.area)
        opacity = cv2.GaussianBlur(inside.astype(np.float64), (0, 0), 0.6)[..., None]
        colours = _colours(
            luma=luma + rng.uniform(-10, 10),
            hue=hue + np.pi + rng.uniform(-0.7, 0.7),
            contrast=rng.uniform(130, 150),
            chroma=rng.uniform(50, 60),
        )
        surface = _mix(_textured(texture, at, rng), *colours)
        image += (surface - image) * opacity
        labels[inside] = item.category
    image += rng.normal(0, GRAIN, image.shape)
    band = cv2.dilate(
        (labels > 0).astype(np.uint8), np.ones((3, 3), np.uint8), iterations=int(rng.integers(1, 3))
    )
    labels[(band > 0) & (labels == 0)] = IGNORE
    return np.clip(np.rint(image), 0, 255).astype(np.uint8), labels


def _rotated(
    size: tuple[int, int], centre: tuple[float, float], rng: np.random.Generator
) -> Coordinates:
    """Pixel coordinates around a centre, turned by a random angle.

    Args:
        size: (width, height) of the image in pixels.
        centre: (x, y) in [0, 1]².
        rng: draws the angle.
    """
    width, height = size
    row, column = np.mgrid[:height, :width]
    x, y = column + 0.5 - centre[0] * width, row + 0.5 - centre[1] * height
    angle = rng.uniform(-TILT, TILT)
    return Coordinates(x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle))


def _scaled(outline: Outline, at: Coordinates, area: float) -> Region:
    """An outline at the radius at which it covers a part of the image, as far as it can.

    Args:
        outline: to be scaled.
        at: pixel coordinates around its centre.
        area: the part of the image to cover.
    """
    low, high = 1.0, float(max(at.u.shape))
    for _ in range(16):
        radius = (low + high) / 2
        if outline(Coordinates(at.u / radius, at.v / radius)).mean() < area:
            low = radius
        else:
            high = radius
    return outline(Coordinates(at.u / low, at.v / low))


def _textured(texture: Texture, at: Coordinates, rng: np.random.Generator) -> Field:
    """A texture at a random phase, so that it is not tied to the object's centre.

    Args:
        texture: of the object or background.
        at: pixel coordinates.
        rng: draws the phase, of at least the image's side, so that no coordinate is below 0.
    """
    phase = rng.uniform(1000, 2000, 2)
    return texture(Coordinates(at.u + phase[0], at.v + phase[1]))


def _colours(*, luma: float, hue: float, contrast: float, chroma: float) -> tuple[Field, Field]:
    """A darker and a lighter colour of one hue, RGB [3] each.

    Args:
        luma: their mean brightness (Y of YCbCr), 0..255.
        hue: angle in the plane of Cb and Cr.
        contrast: by how much the lighter is brighter.
        chroma: distance from grey in the plane of Cb and Cr.
    """
    cb, cr = chroma * np.cos(hue), chroma * np.sin(hue)
    mean = luma + np.array([1.402 * cr, -0.344 * cb - 0.714 * cr, 1.772 * cb])
    return mean - contrast / 2, mean + contrast / 2


def _mix(weight: Field, first: Field, second: Field) -> Field:
    """Colours [H, W, 3] between two.

    Args:
        weight: [H, W] in [0, 1], 0 for the first colour.
        first, second: colours [3].
    """
    return first + weight[..., None] * (second - first)
