"""The two tables of a packed set.

`index.parquet` says where each image is, nothing of what it shows; `truth.parquet` holds the ground
truth and is read by `ground_truth` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pass_ops.data.cache import PackedFiles
from pass_ops.data.shards import Location
from pass_ops.data.structure import CATEGORIES_NAME
from pass_ops.data.user_files.class_names import NAMES_NAME, read_class_names
from pass_ops.errors import DataError
from pass_ops.storage.contents.tables import read_table
from pass_ops.storage.opening import read_text, reading

_ADVICE = "pack the data set again"
INDEX_NAME = "index.parquet"
TRUTH_NAME = "truth.parquet"
_LOCATION = [
    ("shard", pa.string()),
    ("offset", pa.int64()),
    ("bytes", pa.int64()),
    ("sha256", pa.string()),
]
INDEX_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("split", pa.string()),
        *_LOCATION,
        ("width", pa.int32()),
        ("height", pa.int32()),
    ]
)
TRUTH_SCHEMA = pa.schema(
    [("key", pa.string()), ("split", pa.string()), ("category", pa.string()), ("stem", pa.string())]
    + [(f"mask_{name}", kind) for name, kind in _LOCATION]
)


def _location(columns: Sequence[Any]) -> Location:
    """Where a file lies: shard, offset, bytes and checksum of a table's row."""
    shard, offset, size, sha256 = columns
    if None in columns:
        raise DataError(f"{shard}: the set's tables do not say where in it a file lies; {_ADVICE}")
    return Location(shard=shard, offset=offset, bytes=size, sha256=sha256)


class PackedImages:
    """The images of one split of a packed set, fetched when this is made.

    Args:
        files: of the set.
        split: its name.
    """

    def __init__(self, files: PackedFiles, split: str) -> None:
        self._files = files
        self._rows = read_split(files.verified(INDEX_NAME), INDEX_SCHEMA, split)
        self.keys = tuple(self._rows)
        files.fetch(sorted({row[0] for row in self._rows.values()}))

    def size(self, key: str) -> tuple[int, int]:
        """(width, height) in pixels."""
        width, height = self._rows[key][4:]
        return width, height

    def read(self, key: str) -> bytes:
        """The image's file, as packed."""
        return self._files.read(_location(self._rows[key][:4]))

    def name(self, key: str) -> str:
        """What an error calls the image."""
        return f"image {key} in {self._rows[key][0]}"


class PackedTruth:
    """The ground truth of one split of a packed set; masks are fetched when this is made.

    Args:
        files: of the set.
        split: its name.
    """

    def __init__(self, files: PackedFiles, split: str) -> None:
        self._files = files
        listing = files.verified(CATEGORIES_NAME)
        with reading(path=listing, what="class names", advice=_ADVICE, refusal=DataError):
            self.categories = tuple(read_text(listing).splitlines())
        self.names = self.categories
        if files.has(NAMES_NAME):
            self.names = read_class_names(files.verified(NAMES_NAME), self.categories)
        table = files.verified(TRUTH_NAME)
        self._rows = read_split(table, TRUTH_SCHEMA, split)
        for category, stem, *_ in self._rows.values():
            # Predictions are written under these names.
            if not _may_be_written(category, stem, self.categories):
                raise DataError(f"{table}: {category}/{stem} is no image of the set's; {_ADVICE}")
        self.keys = tuple(self._rows)
        files.fetch(sorted({row[2] for row in self._rows.values()} - {None}))

    def category(self, key: str) -> str:
        """Name of the folder that held the image, or path of a photograph's."""
        return str(self._rows[key][0])

    def stem(self, key: str) -> str:
        """Name of the image's file, without its ending unless it is a photograph's."""
        return str(self._rows[key][1])

    def has_mask(self, key: str) -> bool:
        """Whether the image has a mask."""
        return self._rows[key][2] is not None

    def read_mask(self, key: str) -> bytes:
        """The mask's file, as packed."""
        return self._files.read(_location(self._rows[key][2:]))

    def name(self, key: str) -> str:
        """What an error calls the mask."""
        return f"mask {self.category(key)}/{self.stem(key)}.png in {self._rows[key][2]}"


def _may_be_written(category: str, stem: str, categories: Sequence[str]) -> bool:
    """Whether an image's name leads out of no folder.

    Args:
        category, stem: of the image.
        categories: names of the set's classes; none where it is photographs alone.
    """
    if "/" in stem:
        return False
    if categories:
        return category in categories
    path = PurePosixPath(category, stem)
    return not path.is_absolute() and ".." not in path.parts and bool(stem)


def read_split(path: Path, schema: Any, split: str) -> dict[str, tuple[Any, ...]]:
    """The columns after `key` and `split`, by key, in the file's order.

    Args:
        path: parquet file of one of the two tables.
        schema: that it has; rows are tuples in its order.
        split: whose rows are read.
    """
    with reading(path=path, what="table of images", advice=_ADVICE, refusal=DataError):
        table = read_table(path, schema)
        columns = table.filter(pc.equal(table["split"], split)).to_pydict()
        for name, values in columns.items():
            # An image may have no mask.
            if not name.startswith("mask_") and None in values:
                raise ValueError(f"{name} has no value in some rows")
        if len(set(columns["key"])) < len(columns["key"]):
            raise ValueError("a key stands in two rows")
        rows = zip(*(columns[name] for name in schema.names[2:]), strict=True)
        return dict(zip(columns["key"], rows, strict=True))
