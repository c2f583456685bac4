"""A folder in ImageNet-S layout (method 1.2, 1.3)."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pass_ops.data.problem import BadFileError, Problem, read_file, refuse_first
from pass_ops.data.structure import (
    category_names,
    check_structure,
    list_images,
    mask_folder,
    needs_masks,
    split_names,
)
from pass_ops.data.user_files.label_files import list_label_files


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One image: its opaque key, and the ground truth that only `evaluation` may see.

    Attributes:
        key: see `image_key`.
        split: train, validation, test or train-semi.
        category: name of the folder that holds the image.
        image: its file.
        sha256: of that file, in hex.
        mask: the file of its mask; None where it has none.
    """

    key: str
    split: str
    category: str
    image: Path
    sha256: str
    mask: Path | None


@dataclass(frozen=True)
class Layout:
    """A data set's files.

    Attributes:
        root: the set's folder.
        categories: names of the category folders, sorted; the id of one is its place, from 1.
        splits: the images of each split that is there, in order of their keys.
    """

    root: Path
    categories: tuple[str, ...]
    splits: dict[str, tuple[Entry, ...]]


def image_key(split: str, content: bytes, copy: int = 0) -> str:
    """16 hex digits that name an image and tell nothing of its class, nor does their order.

    They come from the file's bytes alone, so that other names of folders or files lead to the same
    training, to the bit.

    Args:
        split: that the image belongs to; the same bytes in another split have another key.
        content: the image's file.
        copy: how many files of the split with the same bytes come before this one.
    """
    return hashlib.blake2b(f"{split}/{copy}/".encode() + content).hexdigest()[:16]


def read_layout(root: Path) -> Layout:
    """The files under `root`.

    Raises:
        BadFileError: the folder is not in ImageNet-S layout; names the first problem and says how
            many there are.
    """
    layout, problems = scan_layout(root)
    refuse_first(problems, f"pass-ops data validate {root}")
    return layout


def require_structure(root: Path) -> None:
    """Refuse what is not in ImageNet-S layout by the names of its files, none of which is read.

    Raises:
        BadFileError: see `read_layout`.
    """
    names = split_names(root)
    problems = list(check_structure(root, names, category_names(root, names)))
    refuse_first(problems, f"pass-ops data validate {root}")


def scan_layout(root: Path) -> tuple[Layout, list[Problem]]:
    """The usable files under `root`, and what is wrong with names and folders, sorted by file."""
    root = Path(root)
    names = split_names(root)
    categories = category_names(root, names)
    problems = list(check_structure(root, names, categories))
    splits: dict[str, tuple[Entry, ...]] = {}
    for split in names:
        found = _entries(root=root, split=split, categories=categories, problems=problems)
        splits[split] = tuple(sorted(found, key=lambda entry: entry.key))
    return Layout(root, categories, splits), sorted(problems)


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
                key=key, split=split, category=category, image=image, sha256=sha256, mask=mask
            )
