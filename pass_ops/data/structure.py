"""The folders of the ImageNet-S layout, and what can be wrong with them (method 1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pass_ops.data.problem import Problem

REQUIRED_SPLITS = ("train", "validation", "test")
SPLITS = (*REQUIRED_SPLITS, "train-semi")
MASKED_SPLITS = ("validation", "train-semi")
"""Splits whose every image needs a mask; test needs them where its mask folder is there at all."""

EXTENSIONS = (".jpeg", ".jpg", ".png")
"""Endings of images, in any case."""

CATEGORIES_NAME = "categories.txt"


def list_images(folder: Path) -> list[Path]:
    """The image files in `folder`, sorted; none where there is no such folder."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in files if path.suffix.lower() in EXTENSIONS and path.is_file()]


def mask_path(*, root: Path, split: str, category: str, image: Path) -> Path:
    """Where the mask of an image belongs.

    Args:
        root: the set's folder.
        split, category: the image's.
        image: its file.
    """
    return _mask_folder(root, split) / category / f"{image.stem}.png"


def needs_masks(root: Path, split: str) -> bool:
    """Whether every image of a split must have a mask.

    Args:
        root: the set's folder.
        split: its name.
    """
    return split in MASKED_SPLITS or (split == "test" and _mask_folder(root, split).is_dir())


def check_structure(
    root: Path, splits: Sequence[str], categories: tuple[str, ...]
) -> Iterator[Problem]:
    """Everything that is wrong with names and folders.

    Args:
        root: the set's folder.
        splits: those that it has.
        categories: names of all category folders of all splits, sorted.
    """
    if not root.is_dir():
        yield Problem(str(root), "no such folder", "check the path")
        return
    for split in REQUIRED_SPLITS:
        if split not in splits:
            yield Problem(
                str(root / split), "this split is missing", "add it, with a folder per category"
            )
    yield from _check_categories_file(root / CATEGORIES_NAME, categories)
    for split in splits:
        for path in sorted((root / split).iterdir()):
            if not path.is_dir():
                yield Problem(str(path), "a file where only category folders belong", "remove it")
        for category in categories:
            yield from _check_category(root / split / category)
        if needs_masks(root, split):
            yield from _check_masks(root, split, categories)


def _check_categories_file(path: Path, categories: tuple[str, ...]) -> Iterator[Problem]:
    """Whether the list of categories, if there is one, is that of the folders.

    Args:
        path: of the list.
        categories: names of the folders, sorted.
    """
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    names = tuple(line.strip() for line in lines if line.strip())
    if names != categories:
        difference = sorted(set(names) ^ set(categories))
        what = (
            f"disagrees with the folders about {', '.join(difference)}"
            if difference
            else "not in sorted order"
        )
        yield Problem(str(path), what, "write one folder name per line, sorted, or remove the file")


def _check_category(folder: Path) -> Iterator[Problem]:
    """What is wrong with one category's folder of images."""
    if not folder.is_dir():
        yield Problem(
            str(folder), "missing, other splits have this category", "add it, or remove it there"
        )
        return
    images = list_images(folder)
    if not images:
        yield Problem(
            str(folder), "no image in this category", "add images, or remove the category"
        )
    for path in sorted(set(folder.iterdir()) - set(images)):
        yield Problem(
            str(path), "not an image file", f"remove it; images end in {' '.join(EXTENSIONS)}"
        )
    names: dict[str, str] = {}
    for image in images:
        if image.stem in names:
            what = f"same name as {names[image.stem]} but for the ending"
            yield Problem(str(image), what, "rename or remove one of them")
        names[image.stem] = image.name


def _check_masks(root: Path, split: str, categories: tuple[str, ...]) -> Iterator[Problem]:
    """Masks without an image, and images without a mask.

    Args:
        root: the set's folder.
        split: one that needs masks.
        categories: names of the category folders.
    """
    expected = {
        mask_path(root=root, split=split, category=category, image=image): image
        for category in categories
        for image in list_images(root / split / category)
    }
    files = {path for path in _mask_folder(root, split).rglob("*") if not path.is_dir()}
    for mask in sorted(expected.keys() - files):
        yield Problem(
            str(mask),
            f"the mask of {expected[mask]} is missing",
            "add the mask, or remove the image",
        )
    for mask in sorted(files - expected.keys()):
        yield Problem(
            str(mask),
            f"no image of split {split} belongs to this mask",
            "remove it, or add its image",
        )


def _mask_folder(root: Path, split: str) -> Path:
    """Where the masks of a split belong.

    Args:
        root: the set's folder.
        split: its name.
    """
    return root / f"{split}-segmentation"
