"""Defects of data sets: each function spoils one file of a set and returns its path in the set."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.decode import decode_mask
from pass_ops.data.ids import LabelMap

Defect = Callable[[Path], str]

TRAIN, CATEGORY = "train/n90000001", "n90000001"
MASKS = f"validation-segmentation/{CATEGORY}"


def first(folder: Path) -> Path:
    """The folder's first file, by name."""
    return min(folder.iterdir())


def change_mask(root: Path, change: Callable[[LabelMap], LabelMap]) -> str:
    """Rewrite the ids of a mask of validation."""
    mask = first(root / MASKS)
    mask.write_bytes(encode_mask(change(decode_mask(mask.read_bytes(), mask.name))))
    return f"{MASKS}/{mask.name}"


def missing_split(root: Path) -> str:
    shutil.rmtree(root / "validation")
    return "validation"


def truncated_image(root: Path) -> str:
    image = first(root / TRAIN)
    image.write_bytes(image.read_bytes()[:-100])
    return f"{TRAIN}/{image.name}"


def page_instead_of_image(root: Path) -> str:
    image = first(root / TRAIN)
    image.write_bytes(b"<html>404</html>")
    return f"{TRAIN}/{image.name}"


def empty_file(root: Path) -> str:
    first(root / TRAIN).write_bytes(b"")
    return f"{TRAIN}/{first(root / TRAIN).name}"


def mask_of_other_size(root: Path) -> str:
    return change_mask(root, np.transpose)


def id_above_k(root: Path) -> str:
    return change_mask(root, lambda labels: np.where(labels == IGNORE, 7, labels))


def blue_mask(root: Path) -> str:
    mask = first(root / MASKS)
    colours = np.array(Image.open(mask))
    colours[0, 0, 2] = 1
    Image.fromarray(colours).save(mask)
    return f"{MASKS}/{mask.name}"


def palette_mask(root: Path) -> str:
    mask = first(root / MASKS)
    Image.open(mask).convert("P").save(mask)
    return f"{MASKS}/{mask.name}"


def deep_mask(root: Path) -> str:
    mask = first(root / MASKS)
    cv2.imwrite(str(mask), cv2.imread(str(mask)).astype(np.uint16))
    return f"{MASKS}/{mask.name}"


def missing_mask(root: Path) -> str:
    mask = first(root / MASKS)
    mask.unlink()
    return f"{MASKS}/{mask.name}"


def missing_test_mask(root: Path) -> str:
    mask = first(root / "test-segmentation" / CATEGORY)
    mask.unlink()
    return f"test-segmentation/{CATEGORY}/{mask.name}"


def mask_without_image(root: Path) -> str:
    shutil.copy(first(root / MASKS), root / MASKS / "stray.png")
    return f"{MASKS}/stray.png"


def empty_category(root: Path) -> str:
    for image in (root / TRAIN).iterdir():
        image.unlink()
    return TRAIN


def duplicate_stem(root: Path) -> str:
    image = first(root / TRAIN)
    Image.open(image).convert("RGB").save(image.with_suffix(".png"))
    return f"{TRAIN}/{image.stem}.png"


def unknown_file(root: Path) -> str:
    (root / TRAIN / "Thumbs.db").touch()
    return f"{TRAIN}/Thumbs.db"


def file_beside_categories(root: Path) -> str:
    (root / "train" / "notes.txt").touch()
    return "train/notes.txt"


def other_categories_listed(root: Path) -> str:
    (root / "categories.txt").write_text("cat\ndog\n")
    return "categories.txt"


def categories_in_other_order(root: Path) -> str:
    path = root / "categories.txt"
    path.write_text("\n".join(reversed(path.read_text().split())))
    return "categories.txt"


def category_missing_in_train(root: Path) -> str:
    shutil.rmtree(root / TRAIN)
    return TRAIN


DEFECTS: list[tuple[Defect, str]] = [
    (missing_split, "this split is missing"),
    (truncated_image, "unreadable or truncated"),
    (page_instead_of_image, "unreadable or truncated"),
    (empty_file, "unreadable or truncated"),
    (mask_of_other_size, "the mask is"),
    (id_above_k, "class ids 7 ("),
    (blue_mask, "the blue channel is not 0"),
    (palette_mask, "the mask is a 8-bit palette PNG"),
    (deep_mask, "the mask is a 16-bit RGB PNG"),
    (missing_mask, "the mask of"),
    (missing_test_mask, "the mask of"),
    (mask_without_image, "no image of split validation belongs to this mask"),
    (empty_category, "no image in this category"),
    (duplicate_stem, "same name as"),
    (unknown_file, "not an image file"),
    (file_beside_categories, "a file where only category folders belong"),
    (other_categories_listed, "disagrees with the folders about cat, dog, n90000001"),
    (categories_in_other_order, "not in sorted order"),
    (category_missing_in_train, "missing, other splits have this category"),
]
"""Every defect, and how the problem that it makes begins."""
