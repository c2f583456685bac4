"""Outlines and textures of the synthetic set's six classes, and its four backgrounds, as functions
of coordinates.

Outlines take (u, v) in units of the object's radius and say what is inside. Textures take (u, v) >=
0 in pixels and return a value in [0, 1] per pixel, the weight of the second of two colours. All
arrays have one shape [H, W].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]
Region = NDArray[np.bool_]


def disc(u: Field, v: Field) -> Region:
    return np.hypot(u, v) <= 1


def square(u: Field, v: Field) -> Region:
    return np.maximum(abs(u), abs(v)) <= 1


def triangle(u: Field, v: Field) -> Region:
    return (
        np.max(
            [u * np.sin(angle) + v * np.cos(angle) for angle in np.arange(3) * 2 * np.pi / 3],
            axis=0,
        )
        <= 0.5
    )


def star(u: Field, v: Field) -> Region:
    turn = np.arctan2(u, v) * 5 / (2 * np.pi) % 1
    return np.hypot(u, v) <= 0.4 + 0.6 * abs(2 * turn - 1)


def ring(u: Field, v: Field) -> Region:
    radius = np.hypot(u, v)
    return (radius >= 0.42) & (radius <= 1)


def cross(u: Field, v: Field) -> Region:
    return (np.minimum(abs(u), abs(v)) <= 0.36) & (np.maximum(abs(u), abs(v)) <= 1)


def striped(u: Field, _v: Field) -> Field:
    return (u / 6 % 1 < 0.5).astype(np.float64)


def dotted(u: Field, v: Field) -> Field:
    return (np.hypot(u / 6 % 1 - 0.5, v / 6 % 1 - 0.5) < 0.33).astype(np.float64)


def checkered(u: Field, v: Field) -> Field:
    return (np.floor(u / 5) + np.floor(v / 5)) % 2


def noisy(u: Field, v: Field) -> Field:
    # Grains of 2 pixels whose value is a hash of their place: integers, so that every machine draws
    # the same.
    column, row = np.floor(u / 2).astype(np.uint64), np.floor(v / 2).astype(np.uint64)
    mixed = (column * np.uint64(73856093)) ^ (row * np.uint64(19349663))
    return ((mixed * np.uint64(2654435761)) >> np.uint64(16)) % np.uint64(256) / 255


def shaded(u: Field, _v: Field) -> Field:
    return 0.5 + 0.5 * np.sin(u / 4)


def hatched(u: Field, v: Field) -> Field:
    return (np.minimum(u / 7 % 1, v / 7 % 1) < 0.25).astype(np.float64)


def plain(u: Field, _v: Field) -> Field:
    return np.zeros_like(u)


def graded(u: Field, _v: Field) -> Field:
    return 0.5 + 0.5 * np.sin(u / 40)


def cloudy(u: Field, v: Field) -> Field:
    return 0.5 + 0.25 * (np.sin(u / 11 + np.cos(v / 13)) + np.sin(v / 9 - np.cos(u / 17)))


def wavy(u: Field, v: Field) -> Field:
    return 0.5 + 0.5 * np.sin(u / 5 + 1.5 * np.sin(v / 9))


Outline = Callable[[Field, Field], Region]
Texture = Callable[[Field, Field], Field]

CLASSES: tuple[tuple[Outline, Texture], ...] = (
    (disc, striped),
    (square, dotted),
    (triangle, checkered),
    (star, noisy),
    (ring, shaded),
    (cross, hatched),
)
BACKGROUNDS: tuple[Texture, ...] = (plain, graded, cloudy, wavy)
