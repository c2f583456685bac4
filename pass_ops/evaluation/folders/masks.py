"""Masks as folders of label PNGs, `class/name.png`, of anyone (method 1.4)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.locate import is_packed, locate
from pass_ops.data.problem import Problem, read_file, refuse_first
from pass_ops.data.structure import (
    CATEGORIES_NAME,
    category_names,
    check_split,
    mask_folder,
    split_names,
)
from pass_ops.data.user_files.categories import check_categories, check_listing
from pass_ops.data.user_files.class_names import (
    NAMES_NAME,
    check_class_names,
    read_class_names,
)
from pass_ops.errors import DataError
from pass_ops.evaluation.folders.predictions import label_files


class MaskFolder:
    """Ground truth from masks alone, as `GroundTruth` reads it; the keys are `class/name`.

    Args:
        files: of the masks, by key.
        categories: names of the classes.
        names: what people call them.
    """

    def __init__(
        self, files: dict[str, Path], categories: tuple[str, ...], names: tuple[str, ...]
    ) -> None:
        self.categories = categories
        self.names = names
        self._paths = files
        self.keys = tuple(files)

    def category(self, key: str) -> str:
        """The class of an image, by name."""
        return key.rpartition("/")[0]

    def stem(self, key: str) -> str:
        """The image's name without its class."""
        return key.rpartition("/")[2]

    def has_mask(self, key: str) -> bool:
        """Whether there is a mask of the image."""
        return key in self._paths

    def read_mask(self, key: str) -> bytes:
        """The mask's PNG."""
        return read_file(self._paths[key])

    def name(self, key: str) -> str:
        """What an error calls the mask."""
        return str(self._paths[key])


@dataclass(frozen=True)
class SplitMasks:
    """The ground truth of a split that has masks.

    Attributes:
        truth: its classes and masks.
        passed_over: what else lies among the masks of a folder: hidden, of another format, or in
            the wrong place.
    """

    truth: GroundTruth
    passed_over: tuple[Path, ...] = ()


def open_masks(data: str, split: str, cache: Path) -> SplitMasks:
    """The ground truth of a split.

    Args:
        data: a data set, packed (folder or `s3://…`) or its pointer; a folder that holds
            `<split>-segmentation`, without the images if need be; or that folder of masks itself.
            The classes are the class folders; `categories.txt` and the images, where they are
            there, must agree with them.
        split: its name.
        cache: folder for what is fetched from S3.

    Raises:
        DataError: it is none of these, or the split has no masks.
    """
    root = Path(data)
    if not is_packed(data) and os.path.isdir(root):
        return _open_folder(root, split)
    truth = open_ground_truth(locate(data), split, cache)
    if not truth.has_masks:
        raise DataError(
            f"{data}: the masks of split {split} are hidden; choose a split that has masks"
        )
    return SplitMasks(truth)


def _open_folder(root: Path, split: str) -> SplitMasks:
    """The ground truth of a split in a folder.

    Args:
        root: of the set, or of the split's masks.
        split: its name.
    """
    splits = split_names(root)
    folder = mask_folder(root, split)
    if not os.path.isdir(folder):
        if splits:
            raise DataError(f"{folder}: no such folder; choose a split that has masks")
        folder = root
    masks = label_files(folder)
    categories = tuple(sorted({*masks.classes, *category_names(root, splits)}))
    problems = [
        *check_categories(categories, str(root)),
        *check_listing(root / CATEGORIES_NAME, categories),
        *check_class_names(root / NAMES_NAME),
    ]
    if split in splits:
        problems += check_split(root, split, categories)
    else:
        problems += (
            Problem(str(folder / name), "no mask of this category", "add its masks, or remove it")
            for name in categories
            if name not in masks.used_classes
        )
    refuse_first(problems, f"pass-ops data validate {root}" if splits else "")
    names = read_class_names(root / NAMES_NAME, categories)
    others = [path for path in masks.others if path.name not in (CATEGORIES_NAME, NAMES_NAME)]
    return SplitMasks(
        GroundTruth(MaskFolder(masks.files, categories, names)),
        tuple(sorted([*masks.passed_over, *others])),
    )
