"""The synthetic set "ShapeS", in ImageNet-S layout (method 22.1).

It has six classes, each of one shape and one texture. Colours and backgrounds are random, so a
class is known by its texture and outline alone. Among the images are the odd files that real sets
hold; `ODD_FILES` says which.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.codec import encode_mask
from pass_ops.data.splits import REQUIRED_SPLITS
from pass_ops.data.structure import CATEGORIES_NAME, mask_path
from pass_ops.data.synthetic.composition import object_pair, random_size, single_object
from pass_ops.data.synthetic.scene import SceneObject, draw_scene
from pass_ops.data.synthetic.shapes import CLASSES
from pass_ops.data.user_files.class_names import NAMES_NAME, class_names_text
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import NEW_FOLDER

CATEGORIES = tuple(f"n{90000001 + number}" for number in range(len(CLASSES)))
NAMES = tuple(f"{outline.__name__} with {texture.__name__}" for outline, texture in CLASSES)
"""What people call the classes."""

PER_CLASS = (40, 8, 8)
"""Images of each class in train, validation and test, where nothing else is said."""

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
"""What is odd about image (split, class id, number).

Besides, the first name of every class ends in `_1`.
"""

LARGE_SIZE = (146, 110)
"""(width, height) in pixels of the image that is larger than the others."""

_PAIRS = 0.15
"""Part of the validation images that show two classes."""
_ORIENTATION = 0x0112
"""The EXIF tag by which viewers turn a photograph."""


def write_synthetic(root: Path, seed: int = 31, per_class: Sequence[int] = PER_CLASS) -> None:
    """Write the set, whole or not at all.

    Args:
        root: folder to make; an empty one may be there.
        seed: the same one gives the same bytes.
        per_class: images of each class in train, validation and test.

    Raises:
        StorageError: `root` exists and is not an empty folder.
    """
    root = Path(root)
    with atomic_path(root, NEW_FOLDER) as temporary:
        temporary.mkdir()
        (temporary / CATEGORIES_NAME).write_text(
            "".join(f"{name}\n" for name in CATEGORIES), encoding="utf-8"
        )
        (temporary / NAMES_NAME).write_text(class_names_text(CATEGORIES, NAMES), encoding="utf-8")
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
    """Write one image, and its mask but for train. Its random numbers are its own.

    Args:
        root: the set's folder.
        split: one of `REQUIRED_SPLITS`.
        category: class id, 1..6.
        number: of the image in its class, from 0.
        count: images of the class in this split.
        seed: of the set.
    """
    rng = np.random.default_rng([seed, REQUIRED_SPLITS.index(split), category, number])
    oddity = ODD_FILES.get((split, category, number))
    size = LARGE_SIZE if oddity == LARGE else random_size(rng)
    place = (category - 1) * count + number
    # The odd files are the first of their class; pairs are spread over the rest.
    is_pair = int((place + 1) * _PAIRS) > int(place * _PAIRS)
    objects: list[SceneObject] = []
    if split == "validation" and oddity is None and is_pair:
        objects = object_pair(category, rng)
    elif oddity != EMPTY:
        objects = [single_object(category, number + category, rng)]
    image, labels = draw_scene(size, objects, rng)

    name = CATEGORIES[category - 1]
    stem = (
        f"{name}_{number + 1}"
        if split == "train"
        else f"ShapeS_{split}_{place + 1:08d}_{number + 1}"
    )
    path = root / split / name / f"{stem}.JPEG"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_jpeg(image, oddity))
    if split != "train":
        mask = mask_path(root=root, split=split, category=name, image=path)
        mask.parent.mkdir(parents=True, exist_ok=True)
        mask.write_bytes(encode_mask(labels))


def _jpeg(pixels: NDArray[np.uint8], oddity: str | None) -> bytes:
    """An image as JPEG.

    Args:
        pixels: RGB, uint8 [H, W, 3].
        oddity: what is odd about the file, a value of `ODD_FILES`; None for nothing.
    """
    image = Image.fromarray(pixels)
    if oddity in (GREY, CMYK):
        image = image.convert("L" if oddity == GREY else "CMYK")
    exif = Image.Exif()
    if oddity == ROTATED:
        exif[_ORIENTATION] = 6
    buffer = io.BytesIO()
    image.save(buffer, format="JPEG", quality=95, subsampling=0, exif=exif)
    return buffer.getvalue()
