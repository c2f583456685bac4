"""How large an image of the synthetic set is, and which objects are where in it (method 22.1)."""

from __future__ import annotations

import numpy as np

from pass_ops.data.synthetic.scene import SceneObject
from pass_ops.data.synthetic.shapes import CLASSES

SIZES = (56, 112)
"""Smallest and largest side of an image, in pixels; no image is square."""

# Areas, as parts of the image: mostly of the two middle size groups of method 15.4, and of the
# smallest and the largest in turn.
_USUAL = ((0.15, 0.24), (0.27, 0.45), (0.27, 0.45))
_EXTREME = ((0.03, 0.045), (0.52, 0.56))
_EXTREME_EVERY = 8
_PAIR_AREA = (0.06, 0.14)


def random_size(rng: np.random.Generator) -> tuple[int, int]:
    """(width, height), different, with sides in ratios that photographs have."""
    long = int(rng.integers(84, SIZES[1] + 1))
    short = max(SIZES[0], round(long * rng.uniform(0.65, 0.9)))
    return (long, short) if rng.random() < 0.5 else (short, long)


def single_object(category: int, step: int, rng: np.random.Generator) -> SceneObject:
    """One object; the larger it is, the nearer to the middle.

    Args:
        category: class id, 1..6.
        step: chooses the size group, which changes from image to image.
        rng: draws area and centre.
    """
    turn, rest = divmod(step, _EXTREME_EVERY)
    limits = _USUAL[step % len(_USUAL)] if rest else _EXTREME[(turn + category) % len(_EXTREME)]
    area = float(rng.uniform(*limits))
    shift = max(0.05, 0.42 - 0.6 * np.sqrt(area))
    x, y = 0.5 + rng.uniform(-shift, shift, 2)
    return SceneObject(category, area, (float(x), float(y)))


def object_pair(category: int, rng: np.random.Generator) -> list[SceneObject]:
    """An object and one of another class, in opposite corners.

    Args:
        category: class id of the first, 1..6.
        rng: draws the other class, the corners and the areas.
    """
    other = (category - 1 + int(rng.integers(1, len(CLASSES)))) % len(CLASSES) + 1
    places = [((0.27, 0.27), (0.73, 0.73)), ((0.27, 0.73), (0.73, 0.27))][int(rng.integers(2))]
    areas = rng.uniform(*_PAIR_AREA, 2)
    return [
        SceneObject(class_id, float(area), place)
        for class_id, area, place in zip((category, other), areas, places, strict=True)
    ]
