"""ImageNet-S from a local copy of ImageNet-1k and the benchmark's annotations (method 1.1, 1.2)."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pass_ops.data.packing.subsets import MERGED
from pass_ops.data.structure import CATEGORIES_NAME, list_images
from pass_ops.data.user_files.class_names import (
    NAMES_NAME,
    class_names_text,
    read_class_names,
)
from pass_ops.data.user_files.entries import subfolders
from pass_ops.engine.progress import track
from pass_ops.errors import DataError, StorageError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE
from pass_ops.storage.opening import read_text, reading

SYNSETS = "LOC_synset_mapping.txt"
_MASKS = "-segmentation"
_HELD_OUT = "ILSVRC2012_val_"


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What a user has downloaded.

    Attributes:
        imagenet: folder of ImageNet-1k, with `train/<wnid>/` and `val/`, flat or by class.
        annotations: the benchmark's zip of masks, `<split>-segmentation/<wnid>/<name>.png`.
        test_mapping: the benchmark's list of test images, a source and a destination in each line.
    """

    imagenet: Path
    annotations: Path
    test_mapping: Path


def prepare(sources: Sources, destination: Path, expected: Mapping[str, int]) -> dict[str, int]:
    """Make a set in ImageNet-S layout: links to images, and masks.

    What is there already is left as it is, so that the same call goes on after an interruption.
    Masks of test are taken where the zip has them.

    Args:
        sources: what it is made of.
        destination: folder to make, or to go on with.
        expected: see `subsets.SUBSETS`.

    Returns:
        Classes and images of each split.

    Raises:
        DataError: an image is missing, or there are more or fewer of something than expected.
        StorageError: something else is in a link's place.
    """
    masks = _mask_names(sources.annotations)
    classes = sorted({name.parent.name for name in masks if _split(name) == "validation"})
    held_out = _held_out_images(sources.imagenet / "val")
    entries = {
        *((_split(name), name.parent.name, name.stem) for name in masks),
        *(("test", *at) for at in _test_images(sources.test_mapping)),
    }
    counts = Counter({"classes": len(classes)})
    for category in track(classes, "link train", len(classes)):
        counts["train"] += _link_class(sources.imagenet / "train", destination, category)
    for split, category, stem in track(sorted(entries), "link images", len(entries)):
        image = held_out.get(stem)
        if not stem.startswith(_HELD_OUT):
            image = sources.imagenet / "train" / category / f"{stem}.JPEG"
        if image is None or not image.is_file():
            raise DataError(
                f"{sources.imagenet}: no image {stem}.JPEG of {split}; it is no whole ImageNet-1k"
            )
        _link(image, destination / split / category / image.name)
        counts[split] += 1
    _require(counts, expected)
    _extract(sources.annotations, masks, destination)
    with atomic_path(destination / CATEGORIES_NAME, ANY_FILE) as path:
        path.write_text("".join(f"{name}\n" for name in classes), encoding="utf-8")
    names = class_names_text(classes, read_class_names(sources.imagenet / SYNSETS, classes))
    if names:
        with atomic_path(destination / NAMES_NAME, ANY_FILE) as path:
            path.write_text(names, encoding="utf-8")
    return dict(counts)


def _mask_names(annotations: Path) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The masks in the zip by `<split>-segmentation/<wnid>/<name>.png`."""
    advice = "download it again"
    with (
        reading(path=annotations, what="zip of masks", advice=advice, refusal=DataError),
        zipfile.ZipFile(annotations) as archive,
    ):
        places = ((PurePosixPath(info.filename), info) for info in archive.infolist())
        return {
            PurePosixPath(*place.parts[-3:]): info
            for place, info in places
            if len(place.parts) >= 3 and place.parts[-3].endswith(_MASKS) and place.suffix == ".png"
            if not {"..", "__MACOSX"} & set(place.parts)
        }


def _split(mask: PurePosixPath) -> str:
    return mask.parts[0].removesuffix(_MASKS)


def _held_out_images(folder: Path) -> dict[str, Path]:
    """The images of ImageNet-1k's validation by stem, whether they lie by class or not."""
    folders = [folder, *subfolders(folder)]
    return {image.stem: image for one in folders for image in list_images(one)}


def _test_images(mapping: Path) -> Iterator[tuple[str, str]]:
    """Class and stem of each test image."""
    advice = "name the toolbox's ImageNetS_im…_mapping_test.txt"
    with reading(path=mapping, what="list of test images", advice=advice, refusal=DataError):
        for line in read_text(mapping).splitlines():
            if line.strip():
                _, target = line.split()
                place = PurePosixPath(target)
                if place.parent.name in ("", ".."):
                    raise ValueError(f"{target} names no class")
                yield place.parent.name, place.stem


def _link_class(train: Path, destination: Path, category: str) -> int:
    """Link the training images of a class, and of those that count to it; returns how many."""
    parts = [name for name, target in MERGED.items() if target == category]
    if not any((train / name).is_dir() for name in parts):
        _link(train / category, destination / "train" / category)
        return len(list_images(train / category))
    images = [image for name in (category, *parts) for image in list_images(train / name)]
    for image in images:
        _link(image, destination / "train" / category / image.name)
    return len(images)


def _link(source: Path, place: Path) -> None:
    """Make `place` a link to `source`, unless it is one."""
    target = os.path.realpath(source)
    if os.path.lexists(place):
        if os.path.realpath(place) != target:
            raise StorageError(f"{place}: something else is there; choose another destination")
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def _require(counts: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """Refuse more or fewer of something than the subset has."""
    for name, number in expected.items():
        if counts.get(name, 0) != number:
            what = name if name == "classes" else f"images in {name}"
            raise DataError(
                f"{counts.get(name, 0)} {what}, and ImageNet-S{expected['classes']} has {number}: "
                "name the files of this subset, and a whole ImageNet-1k"
            )


def _extract(
    annotations: Path, masks: Mapping[PurePosixPath, zipfile.ZipInfo], destination: Path
) -> None:
    """Write the masks that are not there yet.

    Args:
        annotations: the zip.
        masks: what is in it.
        destination: of the set.
    """
    with zipfile.ZipFile(annotations) as archive:
        for name, info in track(masks.items(), "masks", len(masks)):
            place = destination / name
            if place.is_file() and place.stat().st_size == info.file_size:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with (
                atomic_path(place, ANY_FILE) as temporary,
                archive.open(info) as mask,
                temporary.open("wb") as file,
            ):
                shutil.copyfileobj(mask, file)
