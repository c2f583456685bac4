"""How much of everything a data set has, in words: what a check of it ends with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pass_ops.data.cache import PackedFiles
from pass_ops.data.codec import IGNORE
from pass_ops.data.index import PackedTruth
from pass_ops.data.locate import is_packed, is_pointer, locate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.splits import SPLITS
from pass_ops.data.structure import (
    CATEGORIES_NAME,
    category_names,
    list_images,
    mask_folder,
    needs_masks,
    split_names,
)
from pass_ops.data.user_files.class_names import NAMES_NAME
from pass_ops.data.user_files.entries import list_folder, passed_over, subfolders
from pass_ops.data.user_files.label_files import list_label_files
from pass_ops.data.user_files.photographs import is_photographs, list_photographs, scan_photographs

_SHOWN = 20
"""Files that are named of those that are passed over; the others are counted."""


@dataclass(frozen=True)
class Tally:
    """What a set has.

    Attributes:
        classes: how many; 0 of photographs alone.
        files: images and masks of each split.
        passed_over: files and folders that are not looked at.
    """

    classes: int
    files: dict[str, tuple[int, int]]
    passed_over: tuple[Path, ...] = ()

    def lines(self) -> list[str]:
        """The numbers in one line, and a line for whatever is passed over."""
        splits = [
            f"{split} {images} images, {masks} masks"
            if self.classes
            else f"{split} {images} photographs"
            for split, (images, masks) in self.files.items()
        ]
        classes = f"{self.classes} classes (in masks {IGNORE} is ignored)"
        counts = "; ".join([classes if self.classes else "no classes, no masks", *splits])
        shown = [f"passed over: {path}" for path in self.passed_over[:_SHOWN]]
        more = len(self.passed_over) - _SHOWN
        return [counts, *shown, *([f"passed over: {more} more"] if more > 0 else [])]


def tally(source: str, cache: Path) -> Tally:
    """Count what a data set has, without a look at any image.

    Args:
        source: packed set (folder or `s3://…`), folder, or pointer file.
        cache: folder for what is fetched from S3.

    Raises:
        DataError: the tables of a packed set are damaged.
        StorageError: the server refuses, or lacks part of the set.
    """
    if not is_packed(source) and not is_pointer(source):
        return _tally_folder(Path(source))
    pointer = locate(source)
    return (
        _tally_packed(pointer, cache)
        if is_packed(pointer.uri)
        else _tally_folder(Path(pointer.uri))
    )


def _tally_packed(pointer: DatasetPointer, cache: Path) -> Tally:
    """`tally` of a packed set.

    Args:
        pointer: the set.
        cache: folder for what is fetched from S3.
    """
    files = PackedFiles(pointer, cache)
    truths = {split: PackedTruth(files, split) for split in SPLITS if split in pointer.counts}
    return Tally(
        pointer.categories,
        {
            split: (len(truth.keys), sum(map(truth.has_mask, truth.keys)))
            for split, truth in truths.items()
        },
    )


def _tally_folder(root: Path) -> Tally:
    """`tally` of a folder."""
    if is_photographs(root):
        layout, _ = scan_photographs(root)
        photographs = {split: (len(entries), 0) for split, entries in layout.splits.items()}
        return Tally(0, photographs, tuple(list_photographs(root).others))
    splits = split_names(root)
    classes = category_names(root, splits)
    folders: list[Path] = [root]
    files: dict[str, tuple[int, int]] = {}
    known = {CATEGORIES_NAME, NAMES_NAME, *splits}
    skipped: list[Path] = []
    for split in splits:
        images = sum(len(list_images(root / split / name)) for name in classes)
        folders += [root / split, *subfolders(root / split)]
        masks = 0
        if needs_masks(root, split):
            labels = list_label_files(mask_folder(root, split))
            masks = len(labels.files)
            skipped += labels.passed_over
            known.add(mask_folder(root, split).name)
        files[split] = images, masks
    skipped += (path for path in list_folder(root)[0] if path.name not in known)
    return Tally(len(classes), files, tuple(sorted([*skipped, *passed_over(folders)])))
