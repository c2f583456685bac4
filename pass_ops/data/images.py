"""What training code may see of a data set: images under opaque keys (method 0.5)."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.cache import PackedFiles
from pass_ops.data.decode import decode_image
from pass_ops.data.folder import FolderImages
from pass_ops.data.index import PackedImages
from pass_ops.data.layout import read_layout
from pass_ops.data.locate import is_packed, require_split
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import DataError


class ImageSource(Protocol):
    """Where encoded images come from."""

    keys: tuple[str, ...]

    def size(self, key: str) -> tuple[int, int]: ...

    def read(self, key: str) -> bytes: ...

    def name(self, key: str) -> str: ...


class Images:
    """The images of one split, in order of their keys. Reading is thread-safe; the object can be
    pickled.
    """

    def __init__(self, source: ImageSource) -> None:
        self._source = source
        self._keys = frozenset(source.keys)

    @property
    def keys(self) -> tuple[str, ...]:
        return self._source.keys

    def __len__(self) -> int:
        return len(self._keys)

    def size(self, key: str) -> tuple[int, int]:
        """(width, height) of the image in pixels, as stored."""
        return self._source.size(self._known(key))

    def image(self, key: str) -> NDArray[np.uint8]:
        """The image as RGB, uint8 [H, W, 3].

        Raises:
            DataError: no such key, or a file that is damaged.
        """
        return decode_image(self._source.read(self._known(key)), self._source.name(key))

    def name(self, key: str) -> str:
        """What an error calls the image: its key, and the file that holds it."""
        named = self._source.name(self._known(key))
        return named if key in named else f"image {key} ({named})"

    def _known(self, key: str) -> str:
        if key not in self._keys:
            raise DataError(
                f"image {key}: not in this split; use artifacts made from the same data set"
            )
        return key


def open_images(pointer: DatasetPointer, split: str, cache: Path) -> Images:
    """The images of `split`; those of a set in S3 are fetched into the folder `cache` unless they
    are there.

    Raises:
        DataError: no such split, a folder that is not in ImageNet-S layout, or a packed set that is
            not the pointer's.
        StorageError: the server refuses, or lacks part of the set.
    """
    require_split(pointer, split)
    if is_packed(pointer.uri):
        return Images(PackedImages(PackedFiles(pointer, cache), split))
    return Images(FolderImages(read_layout(Path(pointer.uri)).splits[split]))
