"""How outputs look on disk: what tells an earlier output from someone else's file of its name."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, ClassVar

_LARGEST_JSON = 2**28
"""Bytes; what is larger is none of ours, and is not read into memory."""


@dataclass(frozen=True)
class FileForm:
    """An output that is one file.

    Attributes:
        is_ours: whether the regular file at a path holds what our writer writes.
    """

    is_ours: Callable[[Path], bool]
    noun: ClassVar[str] = "file"

    def stranger(self, path: Path) -> str:
        """What is at `path` that no writer of ours wrote, in words; nothing if all is ours."""
        if not stat.S_ISREG(path.lstat().st_mode):
            return f"{path.name} is no regular file"
        return "" if self.is_ours(path) else f"{path.name} is something else"


NEW_FILE = FileForm(lambda _: False)
"""A file that takes the place of no earlier one."""

ANY_FILE = FileForm(lambda _: True)
"""A file in a place where only we write, or whose name no one else would use."""


@dataclass(frozen=True)
class FolderForm:
    """An output that is a folder.

    Attributes:
        files: the files that it always holds, by their paths in it, or patterns of these.
        others: those that it may hold besides.
    """

    files: Mapping[str, FileForm]
    others: Mapping[str, FileForm] = field(default_factory=dict)
    noun: ClassVar[str] = "folder"

    def holds(self, name: str) -> bool:
        """Whether a folder of this form may hold a file of this name, a path relative to it."""
        return _pattern_of(PurePath(name), {**self.files, **self.others}) is not None

    def stranger(self, path: Path) -> str:
        """What is in the folder `path` that no writer of ours wrote, in words; nothing if all is
        ours.
        """
        forms = {**self.files, **self.others}
        matches = set()
        for root, folders, files in os.walk(path, onerror=_fail):
            for name in files:
                file = Path(root, name)
                pattern = _pattern_of(file.relative_to(path), forms)
                if pattern is None:
                    return f"{file.relative_to(path)} is none of its files"
                if stranger := forms[pattern].stranger(file):
                    return stranger
                matches.add(pattern)
            for name in folders:
                inner = Path(root, name)
                parents = {str(PurePath(pattern).parent) for pattern in forms}
                if inner.is_symlink() or _pattern_of(inner.relative_to(path), parents) is None:
                    return f"{inner.relative_to(path)} is none of its folders"
        missing = [pattern for pattern in self.files if pattern not in matches]
        return f"{missing[0]} is missing" if missing else ""


Form = FileForm | FolderForm

NEW_FOLDER = FolderForm({})
"""A folder that takes the place of no earlier one."""


def json_with(*keys: str, or_empty: bool = False) -> FileForm:
    """A JSON file of one object.

    Args:
        keys: that it has, among others.
        or_empty: whether it may also have none at all.
    """
    return FileForm(lambda path: _has(values := _json(path), keys) or (or_empty and values == {}))


def json_rows_with(*keys: str) -> FileForm:
    """A JSON file of a list of objects, each of which has all of `keys`."""
    return FileForm(
        lambda path: isinstance(rows := _json(path), list) and all(_has(row, keys) for row in rows)
    )


def text_from(*beginnings: str) -> FileForm:
    """A text that begins with one of `beginnings`."""
    starts = tuple(beginning.encode() for beginning in beginnings)

    def is_ours(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(max(map(len, starts))).startswith(starts)

    return FileForm(is_ours)


def table_with(*columns: str) -> FileForm:
    """A parquet file that has all of `columns`."""

    def is_ours(path: Path) -> bool:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            # PyArrow takes a relative path with a colon in it for an address.
            return set(columns) <= set(pq.read_schema(path.absolute()).names)
        except pa.ArrowException:
            return False

    return FileForm(is_ours)


def zip_with(*names: str, others: str) -> FileForm:
    """A zip archive with files of certain names.

    Args:
        names: of files that it always holds.
        others: what the names of all further files end in.
    """

    def is_ours(path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as archive:
                inside = set(archive.namelist())
        # The last is for archives of features that zipfile lacks, which we never write.
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        return inside >= set(names) and all(name.endswith(others) for name in inside - set(names))

    return FileForm(is_ours)


def _json(path: Path) -> Any:
    """The values in a JSON file; None for any other file."""
    if path.stat().st_size > _LARGEST_JSON:
        return None
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None


def _has(value: Any, keys: tuple[str, ...]) -> bool:
    return isinstance(value, dict) and value.keys() >= set(keys)


def _pattern_of(path: PurePath, patterns: Mapping[str, FileForm] | set[str]) -> str | None:
    """The first of `patterns` that the whole of a relative path matches, part by part; behind `**/`
    stands what the last part matches, at any depth.
    """
    for pattern in patterns:
        parts = PurePath(pattern).parts
        if "**" in parts:
            depth = parts.index("**")
            matches = path.parts[:depth] == parts[:depth] and path.match(parts[-1])
        else:
            matches = len(path.parts) == len(parts) and path.match(pattern)
        if matches:
            return pattern
    return None


def _fail(error: OSError) -> None:
    raise error
