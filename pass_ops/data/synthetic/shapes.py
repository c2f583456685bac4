"""Outlines and textures of the synthetic set's classes, and its backgrounds (method 22.1).

All are functions of coordinates. An outline takes them in units of the object's radius and says
what is inside. A texture takes them in pixels, none below 0, and returns a value in [0, 1] per
pixel, the weight of the second of two colours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]
Region = NDArray[np.bool_]


class Coordinates(NamedTuple):
    """Where every pixel lies along the two axes of an object.

    Attributes:
        u, v: [H, W] each.
    """

    u: Field
    v: Field


def disc(at: Coordinates) -> Region:
    """All within the radius."""
    return np.hypot(at.u, at.v) <= 1


def square(at: Coordinates) -> Region:
    """A square whose sides lie along the axes."""
    return np.maximum(abs(at.u), abs(at.v)) <= 1


def triangle(at: Coordinates) -> Region:
    """An equilateral triangle: within half a radius along each of three directions."""
    angles = np.arange(3) * 2 * np.pi / 3
    return np.max([at.u * np.sin(angle) + at.v * np.cos(angle) for angle in angles], axis=0) <= 0.5


def star(at: Coordinates) -> Region:
    """Five points, whose reach falls from 1 to 0.4 and back."""
    turn = np.arctan2(at.u, at.v) * 5 / (2 * np.pi) % 1
    return np.hypot(at.u, at.v) <= 0.4 + 0.6 * abs(2 * turn - 1)


def horseshoe(at: Coordinates) -> Region:
    """A ring that is open below."""
    radius = np.hypot(at.u, at.v)
    return (radius >= 0.36) & (radius <= 1) & (abs(at.u) >= 0.36 * np.sign(at.v))


def cross(at: Coordinates) -> Region:
    """Two bars along the axes."""
    u, v = abs(at.u), abs(at.v)
    return (np.minimum(u, v) <= 0.36) & (np.maximum(u, v) <= 1)


def stripes(at: Coordinates) -> Field:
    """Level bars 5 pixels wide."""
    return (at.v / 10 % 1 < 0.5).astype(np.float64)


def dots(at: Coordinates) -> Field:
    """Discs 9 pixels wide, 14 apart."""
    return (np.hypot(at.u / 14 % 1 - 0.5, at.v / 14 % 1 - 0.5) < 0.33).astype(np.float64)


def checks(at: Coordinates) -> Field:
    """A chessboard with cells of 6 pixels."""
    return (np.floor(at.u / 6) + np.floor(at.v / 6)) % 2


def noise(at: Coordinates) -> Field:
    """Grains of 2 pixels, each of a value of its own."""
    # The value is a hash of the grain's place: integers, so that every machine draws the same.
    column, row = np.floor(at.u / 2).astype(np.uint64), np.floor(at.v / 2).astype(np.uint64)
    place = (column * np.uint64(73856093)) ^ (row * np.uint64(19349663))
    return ((place * np.uint64(2654435761)) >> np.uint64(16)) % np.uint64(256) / 255


def shades(at: Coordinates) -> Field:
    """Soft bars, 25 pixels from one to the next."""
    return 0.5 + 0.5 * np.sin((at.u + at.v) / 5.6)


def pinstripes(at: Coordinates) -> Field:
    """Upright bars 2 pixels wide."""
    return (at.u / 4 % 1 < 0.5).astype(np.float64)


def plain(at: Coordinates) -> Field:
    """One colour."""
    return np.zeros_like(at.u)


def gradient(at: Coordinates) -> Field:
    """A wave longer than the image."""
    return 0.5 + 0.5 * np.sin(at.u / 40)


def clouds(at: Coordinates) -> Field:
    """Soft blotches without a direction."""
    u, v = at
    return 0.5 + 0.25 * (np.sin(u / 11 + np.cos(v / 13)) + np.sin(v / 9 - np.cos(u / 17)))


Outline = Callable[[Coordinates], Region]
Texture = Callable[[Coordinates], Field]

CLASSES: tuple[tuple[Outline, Texture], ...] = (
    (disc, stripes),
    (square, dots),
    (triangle, checks),
    (star, noise),
    (horseshoe, pinstripes),
    (cross, shades),
)
BACKGROUNDS: tuple[Texture, ...] = (plain, gradient, clouds)
