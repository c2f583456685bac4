"""Images and ground truth read from a folder, without packing it."""

from __future__ import annotations

from collections.abc import Sequence

from pass_ops.data.decode import image_size
from pass_ops.data.problem import read_file
from pass_ops.data.user_files.entry import Entry


class FolderImages:
    """The images of one split of a folder.

    Args:
        entries: the split's, in order of their keys.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.key: entry for entry in entries}
        self.keys = tuple(self._entries)

    def size(self, key: str) -> tuple[int, int]:
        """(width, height) in pixels, from the file's header."""
        return image_size(self.read(key), self.name(key))

    def read(self, key: str) -> bytes:
        """The image as JPEG or PNG: its file, but for photographs of another format."""
        return self._entries[key].read()

    def name(self, key: str) -> str:
        """What an error calls the image."""
        return str(self._entries[key].image)


class FolderTruth:
    """The ground truth of one split of a folder.

    Args:
        categories: names of the classes, in order of their ids from 1.
        entries: the split's, in order of their keys.
        names: what people call the classes; by default what their folders are called.
    """

    def __init__(
        self, categories: tuple[str, ...], entries: Sequence[Entry], names: tuple[str, ...] = ()
    ) -> None:
        self.categories = categories
        self.names = names or categories
        self._entries = {entry.key: entry for entry in entries}
        self.keys = tuple(self._entries)

    def category(self, key: str) -> str:
        """Name of the folder that holds the image."""
        return self._entries[key].category

    def stem(self, key: str) -> str:
        """Name of the image's file, without its ending unless it is a photograph's."""
        return self._entries[key].stem

    def has_mask(self, key: str) -> bool:
        """Whether the image has a mask."""
        return self._entries[key].mask is not None

    def read_mask(self, key: str) -> bytes:
        """The mask's file; the image must have one."""
        mask = self._entries[key].mask
        assert mask is not None, key
        return read_file(mask)

    def name(self, key: str) -> str:
        """What an error calls the mask."""
        return str(self._entries[key].mask)
