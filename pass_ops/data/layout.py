"""A folder in ImageNet-S layout (method 1.2, 1.3), or of photographs alone (method 1.6)."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pass_ops.data.problem import BadFileError, Problem, read_file, refuse_first
from pass_ops.data.splits import REQUIRED_SPLITS
from pass_ops.data.structure import (
    category_names,
    check_structure,
    list_images,
    mask_folder,
    needs_masks,
    split_names,
)
from pass_ops.data.user_files.class_names import NAMES_NAME, read_class_names
from pass_ops.data.user_files.entry import Entry, Layout, image_key
from pass_ops.data.user_files.label_files import list_label_files
from pass_ops.data.user_files.photographs import (
    check_photographs,
    is_photographs,
    list_photographs,
    scan_photographs,
    split_of_each,
)


def read_layout(root: Path) -> Layout:
    """The files under `root`.

    Raises:
        BadFileError: the folder is neither in ImageNet-S layout nor one of photographs; names the
            first problem and says how many there are.
    """
    layout, problems = scan_layout(root)
    refuse_first(problems, f"pass-ops data validate {root}")
    return layout


def require_structure(root: Path) -> None:
    """Refuse what is no data set by the names of its files, none of which is read.

    Raises:
        BadFileError: see `read_layout`.
    """
    if is_photographs(root):
        problems = list(check_photographs(root))
    else:
        names = split_names(root)
        problems = list(check_structure(root, names, category_names(root, names)))
    refuse_first(problems, f"pass-ops data validate {root}")


def size_by_names(root: Path) -> tuple[int, int]:
    """Training images and classes of a set, by the names of its files, none of which is read; of
    photographs, whose split is by their content, what they are if no two are the same.

    Args:
        root: the set's folder; its structure is good.
    """
    if is_photographs(root):
        return split_of_each(len(list_photographs(root).files)).count(REQUIRED_SPLITS[0]), 0
    categories = category_names(root, split_names(root))
    train = root / REQUIRED_SPLITS[0]
    return sum(len(list_images(train / category)) for category in categories), len(categories)


def scan_layout(root: Path) -> tuple[Layout, list[Problem]]:
    """The usable files under `root`, and what is wrong with names and folders, sorted by file."""
    root = Path(root)
    if is_photographs(root):
        return scan_photographs(root)
    names = split_names(root)
    categories = category_names(root, names)
    problems = list(check_structure(root, names, categories))
    splits: dict[str, tuple[Entry, ...]] = {}
    for split in names:
        entries = _entries(root=root, split=split, categories=categories, problems=problems)
        splits[split] = tuple(sorted(entries, key=lambda entry: entry.key))
    try:
        shown = read_class_names(root / NAMES_NAME, categories)
    except BadFileError:
        shown = categories  # `check_structure` says what is wrong with the file.
    layout = Layout(root=root, categories=categories, splits=splits, names=shown)
    return layout, sorted(problems)


def _entries(
    *, root: Path, split: str, categories: tuple[str, ...], problems: list[Problem]
) -> Iterator[Entry]:
    """The images of one split, folder by folder.

    Args:
        root: the set's folder.
        split: its name.
        categories: names of the category folders.
        problems: gets those of images that cannot be read, which have no key.
    """
    masks = list_label_files(mask_folder(root, split)).files if needs_masks(root, split) else {}
    copies: Counter[str] = Counter()
    for category in categories:
        for image in list_images(root / split / category):
            path = masks.get(f"{category}/{image.stem}")
            mask = path if path and os.path.isfile(path) else None
            try:
                content = read_file(image)
            except BadFileError as error:
                problems.append(error.problem)
                continue
            first = image_key(split, content)
            key = image_key(split, content, copies[first]) if copies[first] else first
            copies[first] += 1
            sha256 = hashlib.sha256(content).hexdigest()
            yield Entry(
                key=key,
                split=split,
                category=category,
                stem=image.stem,
                image=image,
                sha256=sha256,
                mask=mask,
            )
