"""The files of a packed set, on this machine.

A packed set's `SHA256SUMS` lists every file with its sha256, as `sha256sum -c` reads it, and the
set's digest is the sha256 of that list: the digest in a pointer vouches for every byte. Files of a
set in S3 are fetched into `cache/<digest>/`; a set in a folder is read where it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import BadFileError, Problem
from pass_ops.data.shards import Location, file_sha256, read_location
from pass_ops.errors import DataError
from pass_ops.storage.s3 import download, is_s3

SUMS_NAME = "SHA256SUMS"
FETCHES = 8
"""Shards fetched at once."""


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
        self._sums |= parse_sums(self.verified(SUMS_NAME).read_text(encoding="utf-8"))

    def verified(self, name: str) -> Path:
        """The path of file `name`, its sha256 verified now.

        For tables, not for shards: all of the file is read.

        Raises:
            DataError: the file of a set in a folder is missing or damaged.
        """
        path = self._root / name
        if self._remote and not (path.is_file() and file_sha256(path) == self._sums[name]):
            self._fetch(name)
        elif not path.is_file():
            raise DataError(f"{path}: missing from the packed data set; pack it again")
        elif file_sha256(path) != self._sums[name]:
            raise DataError(
                f"{path}: not as it was packed (sha256 differs); pack the data set again"
            )
        return path

    def fetch(self, shards: Collection[str]) -> None:
        """Fetch those of `shards` that are not in the cache yet, several at once, each verified.

        Raises:
            StorageError: a shard cannot be fetched, or is damaged where it is stored.
        """
        if not self._remote:
            return
        missing = [name for name in shards if not (self._root / name).is_file()]
        with ThreadPoolExecutor(FETCHES) as pool:
            pending = [pool.submit(self._fetch, name) for name in missing]
            try:
                for fetch in pending:
                    fetch.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

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
        try:
            return read_location(self._root, location)
        except FileNotFoundError:
            return None

    def _fetch(self, name: str) -> None:
        download(f"{self._uri}/{name}", self._root / name, self._sums[name])


def write_sums(root: Path) -> str:
    """List every file below `root` in its `SHA256SUMS`; returns the digest of the list."""
    names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    text = "".join(f"{file_sha256(root / name)}  {name}\n" for name in names)
    (root / SUMS_NAME).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def parse_sums(text: str) -> dict[str, str]:
    """sha256 of each file, by name, from the text of a `SHA256SUMS`."""
    return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}
