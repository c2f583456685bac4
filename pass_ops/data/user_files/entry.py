"""One image of a set that is a folder, and the set's files (method 1.2, 1.3)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pass_ops.data.decoding.conversion import as_jpeg_or_png
from pass_ops.data.problem import read_file


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One image: its opaque key, and the ground truth that only `evaluation` may see.

    Attributes:
        key: see `image_key`.
        split: train, validation, test or train-semi.
        category: name of the folder that holds the image; of a photograph, the path of its folder
            within the set's.
        stem: name of the image's file without its ending; of a photograph, with it.
        image: its file.
        sha256: of that file, in hex.
        mask: the file of its mask; None where it has none.
        converted: whether a file that is neither JPEG nor PNG is read as PNG.
    """

    key: str
    split: str
    category: str
    stem: str
    image: Path
    sha256: str
    mask: Path | None = None
    converted: bool = False

    def read(self) -> bytes:
        """The image as JPEG or PNG.

        Raises:
            BadFileError: see `read_file` and `as_jpeg_or_png`.
        """
        data = read_file(self.image)
        return as_jpeg_or_png(data, str(self.image)) if self.converted else data


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A data set's files.

    Attributes:
        root: the set's folder.
        categories: names of the category folders, sorted; the id of one is its place, from 1. None
            where the set is photographs alone.
        splits: the images of each split that is there, in order of their keys.
        names: what people call the categories.
    """

    root: Path
    categories: tuple[str, ...]
    splits: dict[str, tuple[Entry, ...]]
    names: tuple[str, ...] = ()


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
