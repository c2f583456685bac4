"""What training code may see of a data set: images under opaque keys (method 0.5)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.cache import PackedFiles
from pass_ops.data.decode import decode_image
from pass_ops.data.folder import FolderImages
from pass_ops.data.index import PackedImages
from pass_ops.data.locate import changes, is_packed, open_layout, require_split
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import refuse_first
from pass_ops.data.splits import parts_of
from pass_ops.errors import DataError


class ImageSource(Protocol):
    """Where encoded images come from.

    Attributes:
        keys: of the split's images, in order.
    """

    keys: tuple[str, ...]

    def size(self, key: str) -> tuple[int, int]:
        """(width, height) in pixels, as stored."""

    def read(self, key: str) -> bytes:
        """The image's file."""

    def name(self, key: str) -> str:
        """What an error calls the image."""


class JoinedImages:
    """The images of several splits; the same bytes have another key in each.

    Args:
        sources: one of each split.
    """

    def __init__(self, sources: Sequence[ImageSource]) -> None:
        self._sources = {key: source for source in sources for key in source.keys}
        self.keys = tuple(sorted(self._sources))

    def size(self, key: str) -> tuple[int, int]:
        """(width, height) in pixels, as stored."""
        return self._sources[key].size(key)

    def read(self, key: str) -> bytes:
        """The image's file."""
        return self._sources[key].read(key)

    def name(self, key: str) -> str:
        """What an error calls the image."""
        return self._sources[key].name(key)


class Images:
    """The images of one split or of several, in order of their keys. Can be pickled; reading is
    thread-safe.

    Args:
        source: where they come from.
    """

    def __init__(self, source: ImageSource) -> None:
        self._source = source
        self._keys = frozenset(source.keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the split's images."""
        return self._source.keys

    def __len__(self) -> int:
        return len(self._keys)

    def size(self, key: str) -> tuple[int, int]:
        """(width, height) of the image in pixels, as stored."""
        return self._source.size(self._require(key))

    def image(self, key: str, side: int | None = None) -> NDArray[np.uint8]:
        """The image as RGB, uint8 [H, W, 3].

        Args:
            key: of the image.
            side: what its shorter side will be shrunk to, if so, in pixels: a much larger JPEG is
                decoded at a fraction of its size.

        Raises:
            DataError: no such key, or a file that is damaged.
        """
        return decode_image(self._source.read(self._require(key)), self._source.name(key), side)

    def name(self, key: str) -> str:
        """What an error calls the image: its key, and the file that holds it."""
        file_name = self._source.name(self._require(key))
        return file_name if key in file_name else f"image {key} ({file_name})"

    def _require(self, key: str) -> str:
        """`key`, if the split has it."""
        if key not in self._keys:
            raise DataError(
                f"image {key}: not in this split; use artifacts made from the same data set"
            )
        return key


def open_images(pointer: DatasetPointer, split: str, cache: Path) -> Images:
    """The images of one split, or of several together.

    Args:
        pointer: the data set.
        split: train, validation, test, train-semi; held_out for validation and test, every for
            train, too.
        cache: folder for the images of a set in S3, which are fetched unless they are there.

    Raises:
        DataError: no such split, a folder that is no data set, or a set that is not
            the pointer's.
        StorageError: the server refuses, or lacks part of the set.
    """
    splits = parts_of(split)
    for one in splits:
        require_split(pointer, one)
    if is_packed(pointer.uri):
        files = PackedFiles(pointer, cache)
        packed = {one: PackedImages(files, one) for one in splits}
        counts = pointer.counts | {one: len(images.keys) for one, images in packed.items()}
        refuse_first(changes(pointer, counts, pointer.categories))
        return _joined(list(packed.values()))
    layout = open_layout(pointer)
    return _joined([FolderImages(layout.splits[one]) for one in splits])


def _joined(sources: Sequence[ImageSource]) -> Images:
    return Images(sources[0] if len(sources) == 1 else JoinedImages(sources))
