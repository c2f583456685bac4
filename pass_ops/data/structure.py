"""The folders of the ImageNet-S layout, and what can be wrong with them (method 1.2)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pass_ops.data.problem import BadFileError, Problem, readable
from pass_ops.data.splits import REQUIRED_SPLITS, SPLITS
from pass_ops.data.user_files.categories import check_categories, check_listing
from pass_ops.data.user_files.class_names import NAMES_NAME, check_class_names
from pass_ops.data.user_files.entries import EXTENSIONS, list_folder, subfolders
from pass_ops.data.user_files.label_files import list_label_files
from pass_ops.storage.opening import regular_file

MASKED_SPLITS = ("validation", "train-semi")
"""Splits whose every image needs a mask; test needs them where its mask folder is there at all."""

CATEGORIES_NAME = "categories.txt"


def list_images(folder: Path) -> list[Path]:
    """The image files in `folder`, sorted; none where there is no such folder."""
    files, _ = list_folder(folder)
    return [path for path in files if path.suffix.lower() in EXTENSIONS and os.path.isfile(path)]


def split_names(root: Path) -> list[str]:
    """The splits that the set in `root` has."""
    return [split for split in SPLITS if os.path.isdir(root / split)]


def category_names(root: Path, splits: Sequence[str]) -> tuple[str, ...]:
    """Names of all category folders of some splits, sorted.

    Args:
        root: the set's folder.
        splits: their names.
    """
    return tuple(sorted({path.name for split in splits for path in subfolders(root / split)}))


def mask_path(*, root: Path, split: str, category: str, image: Path) -> Path:
    """Where the mask of an image belongs.

    Args:
        root: the set's folder.
        split, category: the image's.
        image: its file.
    """
    return mask_folder(root, split) / category / f"{image.stem}.png"


def needs_masks(root: Path, split: str) -> bool:
    """Whether every image of a split must have a mask.

    Args:
        root: the set's folder.
        split: its name.
    """
    return split in MASKED_SPLITS or (split == "test" and os.path.isdir(mask_folder(root, split)))


def check_structure(
    root: Path, splits: Sequence[str], categories: tuple[str, ...]
) -> Iterator[Problem]:
    """Everything that is wrong with names and folders.

    Args:
        root: the set's folder.
        splits: those that it has.
        categories: names of all category folders of all splits, sorted.
    """
    if not os.path.isdir(root):
        yield Problem(str(root), "no such folder", "check the path")
        return
    if unlistable := list_folder(root)[1]:
        yield from unlistable
        return
    for split in REQUIRED_SPLITS:
        if split not in splits:
            fix = f"add it, with a folder per category{_or_photographs(splits)}"
            yield Problem(str(root / split), "this split is missing", fix)
    if splits and not categories:
        what = f"in ImageNet-S layout by its folder {splits[0]}, with no class folder in it"
        fix = f"add a folder for each class there{_or_photographs(splits)}"
        yield Problem(str(root), what, fix)
    elif splits:
        yield from check_categories(categories, str(root))
    if splits:
        yield from check_listing(root / CATEGORIES_NAME, categories)
        yield from check_class_names(root / NAMES_NAME)
    for split in splits:
        yield from check_split(root, split, categories)


def _or_photographs(splits: Sequence[str]) -> str:
    """What else to do where a folder of photographs alone is taken for a set in this layout.

    Args:
        splits: whose folders it has.
    """
    if not splits:
        return ""
    where = f"their folder, in which no folder may be called {splits[0]}"
    return f"; photographs without classes: name {where}"


def check_split(root: Path, split: str, categories: tuple[str, ...]) -> Iterator[Problem]:
    """Everything that is wrong with names and folders of one split.

    Args:
        root: the set's folder.
        split: its name.
        categories: those that it should have, sorted.
    """
    paths, problems = list_folder(root / split)
    yield from problems
    for path in paths:
        if not os.path.isdir(path):
            fix = "move it into the folder of its category, or out of the set"
            yield Problem(str(path), "a file where only category folders belong", fix)
        yield from check_name(path)
    for category in categories:
        yield from _check_category(root / split / category)
    if needs_masks(root, split):
        yield from _check_masks(root, split, categories)


def _check_category(folder: Path) -> Iterator[Problem]:
    """What is wrong with one category's folder of images."""
    if not os.path.isdir(folder):
        yield Problem(
            str(folder), "missing, other splits have this category", "add it, or move it away there"
        )
        return
    files, problems = list_folder(folder)
    yield from problems
    images = list_images(folder)
    if not images and not problems:
        yield Problem(
            str(folder), "no image in this category", "add images, or move it out of the set"
        )
    for path in sorted(set(files) - set(images)):
        fix = f"move it out of the set; images end in {' '.join(EXTENSIONS)}"
        what = "a link to nothing" if not os.path.exists(path) else "not an image file"
        yield Problem(str(path), what, fix)
    names: dict[str, str] = {}
    for image in images:
        yield from check_name(image)
        if image.stem in names:
            what = f"same name as {names[image.stem]} but for the ending"
            yield Problem(str(image), what, "rename one of them, or move it away")
        names[image.stem] = image.name


def _check_masks(root: Path, split: str, categories: tuple[str, ...]) -> Iterator[Problem]:
    """Masks without an image, and images without a mask.

    Args:
        root: the set's folder.
        split: one that needs masks.
        categories: names of the category folders.
    """
    expected = {
        f"{category}/{image.stem}": image
        for category in categories
        for image in list_images(root / split / category)
    }
    folder = mask_folder(root, split)
    masks = list_label_files(folder)
    if os.path.isdir(folder):
        yield from masks.problems
    for name in sorted(expected.keys() & masks.files.keys()):
        mask = masks.files[name]
        if os.path.isfile(mask):
            continue
        try:
            with readable(mask):
                regular_file(mask)
        except BadFileError as error:
            yield error.problem
    for name in sorted(expected.keys() - masks.files.keys()):
        yield Problem(
            str(folder / f"{name}.png"),
            f"the mask of {expected[name]} is missing",
            "add the mask, or move the image out of the set",
        )
    strangers = [masks.files[name] for name in masks.files.keys() - expected.keys()]
    for mask in sorted([*strangers, *masks.others]):
        yield Problem(
            str(mask),
            f"no image of split {split} belongs to this mask",
            "add its image, or move it out of the set",
        )
    for category in sorted(set(masks.classes) - set(categories)):
        yield Problem(
            str(folder / category),
            "masks of a category without images",
            "add the images, or move it out of the set",
        )


def check_name(path: Path) -> Iterator[Problem]:
    """Whether a folder's or an image's name is text, as tables and archives hold it."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        yield Problem(str(path), "the name is not UTF-8", "rename it")


def mask_folder(root: Path, split: str) -> Path:
    """Where the masks of a split belong.

    Args:
        root: the set's folder.
        split: its name.
    """
    return root / f"{split}-segmentation"
