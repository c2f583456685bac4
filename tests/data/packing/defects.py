"""Defects of data sets: each function spoils one file of a set and returns its path in the set."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.decode import decode_mask
from pass_ops.data.ids import LabelMap
from tests.data.decoding.files import END, encoded, header, pixels, png

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


def replaced(root: Path, content: bytes) -> str:
    """Put another file in an image's place."""
    image = first(root / TRAIN)
    image.write_bytes(content)
    return f"{TRAIN}/{image.name}"


def cut_and_closed_image(root: Path) -> str:
    content = first(root / TRAIN).read_bytes()
    return replaced(root, content[:-200] + b"\xff\xd9")


def deep_image(root: Path) -> str:
    ramp = np.linspace(0, 65535, 1280).reshape(32, 40).astype(np.uint16)
    return replaced(root, encoded(Image.fromarray(ramp), "PNG"))


def image_of_floats(root: Path) -> str:
    ramp = np.linspace(0, 1, 1280).reshape(32, 40).astype(np.float32)
    return replaced(root, encoded(Image.fromarray(ramp), "TIFF"))


def thin_image(root: Path) -> str:
    return replaced(root, encoded(Image.new("RGB", (5000, 1)), "JPEG"))


def enormous_image(root: Path) -> str:
    return replaced(root, png([header(20000, 10000), pixels(b"\0"), END]))


def image_of_unknown_pixels(root: Path) -> str:
    return replaced(root, b"DDS " + (124).to_bytes(4, "little") + bytes(376))


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


def masks_without_a_category(root: Path) -> str:
    (root / "validation-segmentation" / "n90000007").mkdir()
    return "validation-segmentation/n90000007"


def two_masks_of_an_image(root: Path) -> str:
    mask = first(root / MASKS)
    shutil.copy(mask, mask.with_suffix(".PNG"))
    return f"{MASKS}/{mask.name}"


def folder_among_masks(root: Path) -> str:
    (root / MASKS / "deeper").mkdir()
    return f"{MASKS}/deeper"


def rename_category(root: Path, name: str) -> str:
    """Give the first category another name everywhere."""
    for split in ("train", "validation", "validation-segmentation", "test", "test-segmentation"):
        (root / split / CATEGORY).rename(root / split / name)
    (root / "categories.txt").unlink()
    return ""


def category_called_background(root: Path) -> str:
    return rename_category(root, "background")


def category_of_two_lines(root: Path) -> str:
    return rename_category(root, "tree\x85frog")


def categories_alike(root: Path) -> str:
    return rename_category(root, "N90000002")


def categories_in_utf_16(root: Path) -> str:
    path = root / "categories.txt"
    path.write_text(path.read_text(), encoding="utf-16")
    return "categories.txt"


def category_listed_twice(root: Path) -> str:
    path = root / "categories.txt"
    path.write_text(path.read_text() + "n90000006\n")
    return "categories.txt"


def empty_category(root: Path) -> str:
    for image in (root / TRAIN).iterdir():
        image.unlink()
    return TRAIN


def duplicate_stem(root: Path) -> str:
    image = first(root / TRAIN)
    Image.open(image).convert("RGB").save(image.with_suffix(".png"))
    return f"{TRAIN}/{image.stem}.png"


def unknown_file(root: Path) -> str:
    (root / TRAIN / "notes.doc").touch()
    return f"{TRAIN}/notes.doc"


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


def link_to_nothing(root: Path) -> str:
    (root / TRAIN / "gone.JPEG").symlink_to("nowhere")
    return f"{TRAIN}/gone.JPEG"


def name_in_latin_1(root: Path) -> str:
    name = os.fsdecode(b"caf\xe9.JPEG")
    shutil.copy(first(root / TRAIN), root / TRAIN / name)
    return f"{TRAIN}/{name}"


def mask_of_a_pipe(root: Path) -> str:
    mask = first(root / MASKS)
    mask.unlink()
    os.mkfifo(mask)
    return f"{MASKS}/{mask.name}"


def mask_of_a_dangling_link(root: Path) -> str:
    mask = first(root / MASKS)
    mask.unlink()
    mask.symlink_to("nowhere")
    return f"{MASKS}/{mask.name}"


DEFECTS: list[tuple[Defect, str]] = [
    (missing_split, "this split is missing"),
    (truncated_image, "unreadable or truncated"),
    (page_instead_of_image, "the image is a web page"),
    (empty_file, "the image is empty"),
    (cut_and_closed_image, "unreadable or truncated (it breaks off"),
    (deep_image, "the image is a 16-bit grey PNG"),
    (image_of_floats, "the image is a TIFF"),
    (thin_image, "is 5000x1 pixels, one side 5000 times the other, the limit is 30 (MAX_ASPECT"),
    (enormous_image, "has 200 megapixels, the limit is 64 (MAX_MEGAPIXELS"),
    (image_of_unknown_pixels, "the image is a DDS"),
    (mask_of_other_size, "the mask is"),
    (id_above_k, "class ids 7 ("),
    (blue_mask, "the blue channel is not 0"),
    (palette_mask, "the mask is an 8-bit palette PNG"),
    (deep_mask, "the mask is a 16-bit RGB PNG"),
    (missing_mask, "the mask of"),
    (missing_test_mask, "the mask of"),
    (mask_without_image, "no image of split validation belongs to this mask"),
    (masks_without_a_category, "masks of a category without images"),
    (two_masks_of_an_image, "same name as"),
    (folder_among_masks, "no image of split validation belongs to this mask"),
    (category_called_background, "a class called 'background'"),
    (category_of_two_lines, "class name 'tree\\x85frog' with a line break"),
    (categories_alike, "classes 'N90000002' and 'n90000002' differ only in letter case"),
    (categories_in_utf_16, "no list of class names (not text in UTF-8)"),
    (category_listed_twice, "more than one line for n90000006"),
    (mask_of_a_pipe, "cannot be read (a pipe, socket or device, not a file)"),
    (mask_of_a_dangling_link, "cannot be read (a link to nowhere, which is not there)"),
    (link_to_nothing, "a link to nothing"),
    (name_in_latin_1, "the name is not UTF-8"),
    (empty_category, "no image in this category"),
    (duplicate_stem, "same name as"),
    (unknown_file, "not an image file"),
    (file_beside_categories, "a file where only category folders belong"),
    (other_categories_listed, "disagrees with the folders about cat, dog, n90000001"),
    (categories_in_other_order, "not in sorted order"),
    (category_missing_in_train, "missing, other splits have this category"),
]
"""Every defect, and how the problem that it makes begins."""
