"""Everything that is wrong with a data set, each problem with its file."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pass_ops.data.cache import PackedFiles
from pass_ops.data.codec import decode_labels
from pass_ops.data.decode import check_image, decode_mask_colours
from pass_ops.data.folder import FolderImages, FolderTruth
from pass_ops.data.ground_truth import TruthSource
from pass_ops.data.images import ImageSource
from pass_ops.data.index import PackedImages, PackedTruth
from pass_ops.data.layout import scan_layout
from pass_ops.data.locate import changes, changes_of_folder, is_packed
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import BadFileError, Problem
from pass_ops.data.user_files.categories import check_categories, check_ids
from pass_ops.data.user_files.entry import Layout
from pass_ops.engine.cores import usable_cores
from pass_ops.engine.progress import Progress

_BATCH = 1024
"""Images handed to the threads at once, so that a million of them don't queue up in memory."""

Sources = tuple[ImageSource, TruthSource]


def validate(data: Path | DatasetPointer, cache: Path) -> list[Problem]:
    """Decode every image and mask; returns all problems, sorted by file.

    Args:
        data: a folder, whatever is in it, or the pointer to a data set.
        cache: folder for what is fetched from S3.

    Raises:
        DataError: the tables of a packed set are damaged.
        StorageError: the server refuses, or lacks part of the set.
    """
    if isinstance(data, Path):
        sources, _, problems = _folder(data)
    elif is_packed(data.uri):
        sources, problems = _packed(data, cache)
    else:
        sources, layout, problems = _folder(Path(data.uri))
        problems += changes_of_folder(data, layout)
    total = sum(len(images.keys) for images, _ in sources)
    progress = Progress("validate data", total)
    with ThreadPoolExecutor(usable_cores()) as pool:
        for images, truth in sources:
            for start in range(0, len(images.keys), _BATCH):
                keys = images.keys[start : start + _BATCH]
                for problems_of_image in pool.map(partial(_problems, images, truth), keys):
                    problems += problems_of_image
                    progress.advance(1, f"{len(problems)} problems")
    return sorted(problems)


def _problems(images: ImageSource, truth: TruthSource, key: str) -> list[Problem]:
    """`_check` as a list: a generator would do its work in the main thread, not in the pool's.

    Args:
        images, truth, key: see `_check`.
    """
    return list(_check(images, truth, key))


def _check(images: ImageSource, truth: TruthSource, key: str) -> Iterator[Problem]:
    """What is wrong with one image and its mask.

    Args:
        images, truth: of the image's split.
        key: the image's.
    """
    size = None
    try:
        size = check_image(images.read(key), images.name(key))
    except BadFileError as error:
        yield error.problem
    if truth.has_mask(key):
        yield from _check_mask(truth, key, size)


def _check_mask(truth: TruthSource, key: str, size: tuple[int, int] | None) -> Iterator[Problem]:
    """What is wrong with one mask.

    Args:
        truth: of the image's split.
        key: the image's.
        size: (width, height) of the image in pixels; None where it cannot be decoded.
    """
    name = truth.name(key)
    try:
        colours = decode_mask_colours(truth.read_mask(key), name)
    except BadFileError as error:
        yield error.problem
        return
    height, width, _ = colours.shape
    if size not in (None, (width, height)):
        what = f"the mask is {width}x{height} pixels and its image {'x'.join(map(str, size or ()))}"
        yield Problem(name, what, "make the mask from the image as stored, without EXIF rotation")
    if colours[..., 2].any():
        yield Problem(
            name, "the blue channel is not 0 everywhere", "write ids as R + 256*G with B = 0"
        )
        return
    if problem := check_ids(decode_labels(colours), len(truth.categories), name):
        yield problem


def _folder(root: Path) -> tuple[list[Sources], Layout, list[Problem]]:
    """The splits of a folder, its files, and what is wrong with its names and folders."""
    layout, problems = scan_layout(root)
    sources: list[Sources] = [
        (FolderImages(entries), FolderTruth(layout.categories, entries))
        for entries in layout.splits.values()
    ]
    return sources, layout, problems


def _packed(pointer: DatasetPointer, cache: Path) -> tuple[list[Sources], list[Problem]]:
    """The splits of a packed set, and what is wrong with its classes and counts.

    Args:
        pointer: the set.
        cache: folder for what is fetched from S3.
    """
    files = PackedFiles(pointer, cache)
    splits = {
        split: (PackedImages(files, split), PackedTruth(files, split)) for split in pointer.counts
    }
    images = {split: len(source.keys) for split, (source, _) in splits.items()}
    problems: list[Problem] = []
    for categories in {truth.categories for _, truth in splits.values()}:
        if categories:
            problems += check_categories(categories, pointer.uri)
        problems += changes(pointer, images, len(categories))
    return list(splits.values()), problems
