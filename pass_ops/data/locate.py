"""From what a user names (a folder, an address, a pointer file) to a `DatasetPointer`."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from pass_ops.data.cache import SUMS_NAME
from pass_ops.data.layout import read_layout
from pass_ops.data.pointer import POINTER_NAME, DatasetPointer
from pass_ops.data.problem import Problem, readable, refuse_first
from pass_ops.data.user_files.entry import Layout
from pass_ops.errors import DataError
from pass_ops.paths import PointerPath
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.contents.file_digest import file_sha256

_RESTORE = "restore it, or begin anew with the set as it is"


def locate(location: str) -> DatasetPointer:
    """The data set that a user names.

    Args:
        location: a packed set (folder or `s3://…`), a folder in ImageNet-S layout or of
            photographs, or a pointer file.

    Raises:
        DataError: it is none of these.
        StorageError: the server refuses, or lacks the set.
    """
    if is_s3(location):
        from pass_ops.storage.s3 import read_bytes

        name = f"{location.rstrip('/')}/{POINTER_NAME}"
        return replace(DatasetPointer.from_json(read_bytes(name), name), uri=location.rstrip("/"))
    path = Path(location)
    if is_pointer(location):
        return DatasetPointer.load(PointerPath(path))
    if is_packed(location):
        return replace(DatasetPointer.load(PointerPath(path / POINTER_NAME)), uri=location)
    layout = read_layout(path)
    return DatasetPointer(
        uri=location,
        digest=_digest(layout),
        categories=len(layout.categories),
        counts=counts(layout),
    )


def is_packed(uri: str) -> bool:
    """Whether the set at `uri` is packed, rather than a folder of images."""
    return is_s3(uri) or os.path.isfile(Path(uri) / SUMS_NAME)


def is_pointer(location: str) -> bool:
    """Whether a path can only name a pointer file: whatever is there is no folder."""
    return os.path.lexists(location) and not os.path.isdir(location)


def counts(layout: Layout) -> dict[str, int]:
    """Images in each split."""
    return {split: len(entries) for split, entries in layout.splits.items()}


def require_split(pointer: DatasetPointer, split: str) -> None:
    """Refuse a split that the set does not have.

    Args:
        pointer: the set.
        split: the name to look for.

    Raises:
        DataError: names the splits that there are.
    """
    if not pointer.counts.get(split):
        raise DataError(
            f"{pointer.uri}: no split '{split}'; it has {', '.join(sorted(pointer.counts))}"
        )


def open_layout(pointer: DatasetPointer) -> Layout:
    """The files of a set that is a folder.

    Raises:
        BadFileError: the folder is no data set any more, or has changed since it was located.
    """
    layout = read_layout(Path(pointer.uri))
    refuse_first(changes_of_folder(pointer, layout))
    return layout


def changes_of_folder(pointer: DatasetPointer, layout: Layout) -> list[Problem]:
    """What a folder holds that its pointer does not say, byte for byte.

    Args:
        pointer: the set.
        layout: its files.
    """
    problems = changes(pointer, counts(layout), len(layout.categories))
    if not problems and _digest(layout) != pointer.digest:
        what = "an image or a mask is another one than when the pointer to it was made"
        return [Problem(pointer.uri, what, _RESTORE)]
    return problems


def changes(pointer: DatasetPointer, images: dict[str, int], categories: int) -> list[Problem]:
    """What a set holds that its pointer does not say.

    Args:
        pointer: the set.
        images: how many there are in each split; none in one that is not named.
        categories: how many classes there are.
    """
    numbers = [
        (images.get(split, 0), pointer.counts.get(split, 0), f"images in {split}")
        for split in {**pointer.counts, **images}
    ]
    numbers.append((categories, pointer.categories, "classes"))
    return [
        Problem(
            pointer.uri,
            f"{found} {what}, and the pointer to it says {expected}: it has changed since",
            _RESTORE,
        )
        for found, expected, what in numbers
        if found != expected
    ]


def _digest(layout: Layout) -> str:
    """sha256 over names and contents of all images and masks."""
    entries = [entry for split in layout.splits.values() for entry in split]
    digests = {entry.image: entry.sha256 for entry in entries}
    for entry in entries:
        if entry.mask:
            with readable(entry.mask):
                digests[entry.mask] = file_sha256(entry.mask)
    lines = sorted(
        f"{digest}  {path.relative_to(layout.root).as_posix()}\n"
        for path, digest in digests.items()
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
