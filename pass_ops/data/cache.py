"""The files of a packed set, on this machine.

A packed set's `SHA256SUMS` lists every file with its sha256, as `sha256sum -c` reads it, and the
set's digest is the sha256 of that list: the digest in a pointer vouches for every byte. Files of a
set in S3 are fetched into `cache/<digest>/`; a set in a folder is read where it is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import BadFileError, Problem, readable
from pass_ops.data.shards import Location, read_location, require_inside
from pass_ops.errors import DataError
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.exclusive import exclusive
from pass_ops.storage.opening import read_text, reading, reason, regular_file
from pass_ops.storage.parallel import in_parallel

SUMS_NAME = "SHA256SUMS"
FETCHES = 8
"""Shards fetched at once."""
_ADVICE = "pack the data set again"


class PackedFiles:
    """The files of one packed set. Threads and processes may share a cache folder.

    Args:
        pointer: the set.
        cache: folder for what is fetched from S3; unused for a set in a folder.

    Raises:
        DataError: what is at the pointer's URI is not the set that the pointer names.
        StorageError: the server refuses, or lacks the set.
    """

    def __init__(self, pointer: DatasetPointer, cache: Path) -> None:
        self._uri = pointer.uri
        self._remote = is_s3(pointer.uri)
        self._root = Path(cache) / pointer.digest if self._remote else Path(pointer.uri)
        self._sums = {SUMS_NAME: pointer.digest}
        sums = self.verified(SUMS_NAME)
        with reading(path=sums, what="checksums", advice=_ADVICE, refusal=DataError):
            self._sums |= parse_sums(read_text(sums))

    def has(self, name: str) -> bool:
        """Whether the set has a file of this name."""
        return name in self._sums

    def verified(self, name: str) -> Path:
        """The path of file `name`, its sha256 verified now.

        For tables, not for shards: all of the file is read.

        Raises:
            DataError: the file of a set in a folder is missing or damaged.
        """
        path, sha256 = self._root / name, self._sha256(name)
        if self._remote:
            if not self._is_whole(name):
                self._fetch(name)
            return path
        if not os.path.lexists(path):
            raise DataError(f"{path}: missing from the packed data set; {_ADVICE}")
        with readable(path):
            digest = file_sha256(regular_file(path))
        if digest != sha256:
            raise DataError(f"{path}: not as it was packed (sha256 differs); {_ADVICE}")
        return path

    def fetch(self, shards: Collection[str]) -> None:
        """Fetch those of `shards` that are not in the cache yet, several at once, each verified.

        Raises:
            StorageError: a shard cannot be fetched, or is damaged where it is stored.
        """
        if not self._remote:
            return
        missing = [name for name in shards if not (self._root / name).is_file()]
        in_parallel(self._fetch, missing, FETCHES)

    def read(self, location: Location) -> bytes:
        """The bytes at `location`, verified.

        A shard that is damaged or gone in the cache is fetched once more.

        Raises:
            BadFileError: the shard is damaged or missing, also when fetched again.
        """
        data = self._read(location)
        if data is None and self._remote:
            self._fetch(location.shard)
            data = self._read(location)
        if data is None:
            what = f"damaged or missing at byte {location.offset}"
            raise BadFileError(
                Problem(f"{self._uri}/{location.shard}", what, "pack the data set again")
            )
        return data

    def _read(self, location: Location) -> bytes | None:
        self._sha256(location.shard)
        try:
            return read_location(self._root, location)
        except FileNotFoundError:
            return None
        except OSError as error:
            file, what = f"{self._uri}/{location.shard}", f"cannot be read ({reason(error)})"
            raise BadFileError(Problem(file, what, "make it a readable file")) from error

    def _fetch(self, name: str) -> None:
        """Fetch a file that is missing or damaged, unless another reader has done so meanwhile."""
        from pass_ops.storage.s3 import download

        path = self._root / name
        with exclusive(path):
            if not self._is_whole(name):
                download(f"{self._uri}/{name}", path, self._sha256(name))

    def _is_whole(self, name: str) -> bool:
        """Whether a file is in the cache, with the bytes that were packed."""
        path = self._root / name
        return path.is_file() and file_sha256(path) == self._sha256(name)

    def _sha256(self, name: str) -> str:
        """What `SHA256SUMS` says of a file; a table may name others, outside the set."""
        if name not in self._sums:
            raise DataError(f"{self._uri}/{SUMS_NAME}: does not list {name}; {_ADVICE}")
        return self._sums[name]


def write_sums(root: Path) -> str:
    """List every file below `root` in its `SHA256SUMS`; returns the digest of the list."""
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    text = "".join(f"{file_sha256(root / name)}  {name}\n" for name in names)
    (root / SUMS_NAME).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def parse_sums(text: str) -> dict[str, str]:
    """sha256 of each file, by name, from the text of a `SHA256SUMS`.

    Raises:
        ValueError: a line is of another form, or names a file outside the set.
    """
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}
    for name in sums:
        require_inside(name)
    return sums
