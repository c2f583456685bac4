"""The synthetic set "ShapeS" (method 22.1): six classes of shape and texture, in ImageNet-S
layout.

Colours and backgrounds are random, so a class is known by its texture and outline alone. Among the
images are the odd files that real sets hold; `ODD_FILES` says which.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.codec import encode_mask
from pass_ops.data.structure import CATEGORIES_NAME, REQUIRED_SPLITS, mask_path
from pass_ops.data.synthetic.scene import Thing, draw_scene
from pass_ops.data.synthetic.shapes import CLASSES
from pass_ops.errors import DataError
from pass_ops.storage.atomic import atomic_path

CATEGORIES = tuple(f"n{90000001 + number}" for number in range(len(CLASSES)))
GREY, CMYK, ROTATED, LARGE, EMPTY = (
    "grey",
    "cmyk",
    "EXIF orientation 6",
    "larger than the others",
    "no object",
)
ODD_FILES = {
    ("train", 1, 0): GREY,
    ("train", 2, 0): CMYK,
    ("validation", 1, 0): ROTATED,
    ("validation", 3, 0): LARGE,
    ("validation", 4, 0): EMPTY,
}
"""What is odd about image (split, class id, number). Besides, the first name of every class ends in
`_1`.
"""

LARGE_SIZE = (146, 110)
SIZES = (48, 120)
"""Least and largest side of the other images, in pixels; no image is square."""

# Areas, as parts of the image, in the size groups of method 15.4. Every third image is of an
# extreme group.
_AREAS = ((0.07, 0.22), (0.28, 0.45), (0.025, 0.042), (0.28, 0.45), (0.07, 0.22), (0.54, 0.62))
_PAIRS = 0.15
_PAIR_AREA = (0.06, 0.14)
_ORIENTATION = 0x0112


def write_synthetic(root: Path, seed: int = 31, per_class: Sequence[int] = (40, 8, 8)) -> None:
    """Write the set to the folder `root`, whole or not at all. The same seed gives the same bytes.

    Args:
        per_class: images of each class in train, validation and test.

    Raises:
        DataError: `root` exists and is not an empty folder.
    """
    root = Path(root)
    if root.exists() and not (root.is_dir() and not any(root.iterdir())):
        raise DataError(f"{root}: exists already; remove it, or choose another folder")
    with atomic_path(root) as temporary:
        temporary.mkdir()
        (temporary / CATEGORIES_NAME).write_text(
            "".join(f"{name}\n" for name in CATEGORIES), encoding="utf-8"
        )
        for split, count in zip(REQUIRED_SPLITS, per_class, strict=True):
            for category in range(1, len(CATEGORIES) + 1):
                for number in range(count):
                    _write_image(
                        root=temporary,
                        split=split,
                        category=category,
                        number=number,
                        count=count,
                        seed=seed,
                    )


def _write_image(
    *, root: Path, split: str, category: int, number: int, count: int, seed: int
) -> None:
    """Write image `number` of the class's `count`, and its mask but for train. Its random numbers
    are its own.
    """
    rng = np.random.default_rng([seed, REQUIRED_SPLITS.index(split), category, number])
    odd = ODD_FILES.get((split, category, number))
    size = LARGE_SIZE if odd == LARGE else _random_size(rng)
    # The odd files are the first of their class; pairs are spread over the rest.
    place = (category - 1) * count + number
    paired = (
        split == "validation" and odd is None and int((place + 1) * _PAIRS) > int(place * _PAIRS)
    )
    things = (
        []
        if odd == EMPTY
        else _pair(category, rng)
        if paired
        else [_single(category, number + category, rng)]
    )
    image, labels = draw_scene(size, things, rng)

    name = CATEGORIES[category - 1]
    stem = (
        f"{name}_{number + 1}"
        if split == "train"
        else f"ShapeS_{split}_{place + 1:08d}_{number + 1}"
    )
    path = root / split / name / f"{stem}.JPEG"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_jpeg(image, odd))
    if split != "train":
        mask = mask_path(root=root, split=split, category=name, image=path)
        mask.parent.mkdir(parents=True, exist_ok=True)
        mask.write_bytes(encode_mask(labels))


def _random_size(rng: np.random.Generator) -> tuple[int, int]:
    """(width, height), different, with sides in ratios that photographs have."""
    long = int(rng.integers(72, SIZES[1] + 1))
    short = max(SIZES[0], round(long * rng.uniform(0.65, 0.9)))
    return (long, short) if rng.random() < 0.5 else (short, long)


def _single(category: int, step: int, rng: np.random.Generator) -> Thing:
    """One object, of a size group that changes from image to image; the larger, the nearer to the
    middle.
    """
    area = float(rng.uniform(*_AREAS[step % len(_AREAS)]))
    shift = max(0.05, 0.42 - 0.6 * np.sqrt(area))
    x, y = 0.5 + rng.uniform(-shift, shift, 2)
    return Thing(category, area, (float(x), float(y)))


def _pair(category: int, rng: np.random.Generator) -> list[Thing]:
    """An object of `category` and one of another class, in opposite corners."""
    other = (category - 1 + int(rng.integers(1, len(CATEGORIES)))) % len(CATEGORIES) + 1
    places = [((0.27, 0.27), (0.73, 0.73)), ((0.27, 0.73), (0.73, 0.27))][int(rng.integers(2))]
    areas = rng.uniform(*_PAIR_AREA, 2)
    return [
        Thing(kind, float(area), place)
        for kind, area, place in zip((category, other), areas, places, strict=True)
    ]


def _jpeg(pixels: NDArray[np.uint8], odd: str | None) -> bytes:
    image = Image.fromarray(pixels)
    if odd in (GREY, CMYK):
        image = image.convert("L" if odd == GREY else "CMYK")
    exif = Image.Exif()
    if odd == ROTATED:
        exif[_ORIENTATION] = 6
    buffer = io.BytesIO()
    image.save(buffer, format="JPEG", quality=92, exif=exif)
    return buffer.getvalue()
