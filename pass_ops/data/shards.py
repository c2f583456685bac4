"""Tar shards: many small files in a few large ones, read at random by offset.

A shard is an ordinary tar file. Names, order and contents decide its bytes: no time or owner goes
in.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pass_ops.errors import ArtifactError
from pass_ops.storage.opening import reason, regular_file

SHARD_BYTES = 64 * 2**20
"""Size from which a shard is closed: few enough requests, small enough to fetch several at once."""


@dataclass(frozen=True, kw_only=True)
class Location:
    """Where the bytes of a small file are.

    Attributes:
        shard: the tar file's path, relative to the root of the set or artifact.
        offset: of their first in the shard.
        bytes: their number.
        sha256: their digest, in hex.
    """

    shard: str
    offset: int
    bytes: int
    sha256: str


class ShardWriter:
    """Writes `<prefix>00000.tar`, `<prefix>00001.tar`, …; a context manager, not for threads.

    Args:
        root: folder of the set or artifact.
        prefix: beginning of the shards' paths below it.
        shard_bytes: size from which a shard is closed.
    """

    def __init__(self, root: Path, prefix: str, shard_bytes: int = SHARD_BYTES) -> None:
        self._root, self._prefix, self._shard_bytes = Path(root), prefix, shard_bytes
        self._shard = ""
        self._count = 0
        self._tar: tarfile.TarFile | None = None

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def write(self, name: str, data: bytes) -> Location:
        """Append a file.

        Args:
            name: of the file in the archive, at most 100 ASCII characters.
            data: its bytes.
        """
        tar = self._tar or self._open()
        member = tarfile.TarInfo(name)
        member.size = len(data)
        offset = tar.offset + len(member.tobuf(tarfile.USTAR_FORMAT))
        tar.addfile(member, io.BytesIO(data))
        location = Location(
            shard=self._shard,
            offset=offset,
            bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        if tar.offset >= self._shard_bytes:
            self._close()
        return location

    def _open(self) -> tarfile.TarFile:
        self._shard = f"{self._prefix}{self._count:05d}.tar"
        self._count += 1
        path = self._root / self._shard
        path.parent.mkdir(parents=True, exist_ok=True)
        # It stays open between writes.
        self._tar = tarfile.open(path, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115
        return self._tar

    def _close(self) -> None:
        if self._tar is not None:
            self._tar.close()
        self._tar = None


def read_location(root: Path, location: Location) -> bytes | None:
    """The bytes at a location, or None where they are not the ones that were written.

    Opens and closes the shard each time (some 20 µs): any number of threads, processes and shards
    share no state.

    Args:
        root: folder of the set or artifact.
        location: where its bytes are.

    Raises:
        OSError: the shard cannot be read.
    """
    path = regular_file(root / location.shard)
    end = location.offset + location.bytes
    if not 0 <= location.offset <= end <= path.stat().st_size:
        return None
    with open(path, "rb") as shard:
        shard.seek(location.offset)
        data = shard.read(location.bytes)
    return data if hashlib.sha256(data).hexdigest() == location.sha256 else None


def require_inside(name: str) -> None:
    """Refuse the name of a file that is not below its set's or artifact's folder.

    Raises:
        ValueError: the name leads elsewhere.
    """
    if name.startswith("/") or ".." in name.split("/"):
        raise ValueError(f"{name} lies outside the set")


def read_written(root: Path, location: Location, name: str) -> bytes:
    """What a stage wrote to a location of its artifact.

    Args:
        root: the artifact's folder.
        location: where its bytes are.
        name: what an error calls them.

    Raises:
        ArtifactError: the shard cannot be read, or its bytes are not those that were written.
    """
    try:
        data = read_location(root, location)
    except OSError as error:
        raise ArtifactError(
            f"{root / location.shard}: cannot be read ({reason(error)}); run its stage again"
        ) from error
    if data is None:
        raise ArtifactError(f"{root / location.shard}: damaged at {name}; run its stage again")
    return data
