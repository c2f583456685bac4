"""A folder in ImageNet-S layout (method 1.2, 1.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pass_ops.data.problem import BadFileError, Problem
from pass_ops.data.structure import SPLITS, check_structure, list_images, mask_path, needs_masks


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One image: its opaque key, and the ground truth that only `evaluation` may see.

    Attributes:
        key: see `image_key`.
        split: train, validation, test or train-semi.
        category: name of the folder that holds the image.
        image: its file.
        mask: the file of its mask; None where it has none.
    """

    key: str
    split: str
    category: str
    image: Path
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
    return blake2b(f"{split}/{copy}/".encode() + content).hexdigest()[:16]


def read_layout(root: Path) -> Layout:
    """The files under `root`.

    Raises:
        BadFileError: the folder is not in ImageNet-S layout; names the first problem and says how
            many there are.
    """
    layout, problems = scan_layout(root)
    if problems:
        first = problems[0]
        more = (
            f" ({len(problems)} problems in all: pass-ops data validate {root})"
            if len(problems) > 1
            else ""
        )
        raise BadFileError(Problem(first.file, first.what, first.fix + more))
    return layout


def scan_layout(root: Path) -> tuple[Layout, list[Problem]]:
    """The usable files under `root`, and what is wrong with names and folders, sorted by file."""
    root = Path(root)
    names = [split for split in SPLITS if (root / split).is_dir()]
    folders = {path.name for split in names for path in (root / split).iterdir() if path.is_dir()}
    categories = tuple(sorted(folders))
    splits = {
        split: tuple(sorted(_entries(root, split, categories), key=lambda entry: entry.key))
        for split in names
    }
    return Layout(root, categories, splits), sorted(check_structure(root, names, categories))


def _entries(root: Path, split: str, categories: tuple[str, ...]) -> Iterator[Entry]:
    """The images of one split, folder by folder.

    Args:
        root: the set's folder.
        split: its name.
        categories: names of the category folders.
    """
    copies: Counter[str] = Counter()
    for category in categories:
        for image in list_images(root / split / category):
            path = mask_path(root=root, split=split, category=category, image=image)
            mask = path if needs_masks(root, split) and path.is_file() else None
            content = image.read_bytes()
            first = image_key(split, content)
            key = image_key(split, content, copies[first]) if copies[first] else first
            copies[first] += 1
            yield Entry(key=key, split=split, category=category, image=image, mask=mask)
