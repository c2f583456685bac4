"""Putting a packed set where it belongs, so that half of one is never taken for a whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pass_ops.data.pointer import POINTER_NAME, DatasetPointer
from pass_ops.errors import DataError, StorageError
from pass_ops.paths import PointerPath
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.atomic import put_in_place
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.disk_space import space_needed
from pass_ops.storage.forms import NEW_FOLDER
from pass_ops.storage.kinds import PACKED
from pass_ops.storage.parallel import in_parallel
from pass_ops.storage.s3 import exists, holds, names_below, read_bytes, upload
from pass_ops.storage.scratch import scratch_folder

DIGEST = "{digest}"
"""What stands for the set's digest in a destination."""

_UPLOADS = 4


@contextmanager
def staging(destination: str) -> Iterator[Path]:
    """An empty folder to pack in, removed afterwards.

    It lies beside a destination folder, into whose place it can be renamed, or in $TMPDIR for a
    destination in S3.

    Raises:
        StorageError: the disk is full, the S3 server refuses, or there is something else at the
            destination in S3 (the latter two before any work is done).
    """
    if is_s3(destination):
        if DIGEST in destination:
            exists(f"{destination}/{POINTER_NAME}")
        else:
            _require_ours(destination)
        parent = Path(tempfile.gettempdir())
    else:
        parent = Path(f"{destination.partition(DIGEST)[0]}x").parent
    parent.mkdir(parents=True, exist_ok=True)
    with space_needed(parent), scratch_folder(parent.absolute()) as scratch:
        folder = scratch / "set"
        folder.mkdir()
        yield folder


def publish(folder: Path, pointer: DatasetPointer) -> None:
    """Put a packed set where it belongs; of the same set there, what is damaged is replaced.

    Args:
        folder: the set, on the file system of a destination folder; renamed to that.
        pointer: the set; its `uri` is the destination.

    Raises:
        DataError: another set is there.
        StorageError: something else is there, or the server refuses.
    """
    is_there = _is_there(pointer)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    pointer_path = PointerPath(folder / POINTER_NAME)
    pointer.save(pointer_path)
    if is_s3(pointer.uri):
        _require_ours(pointer.uri)
        send = partial(_send, folder, pointer.uri)
        in_parallel(send, files, _UPLOADS)
        # A reader looks for the pointer first: it comes last.
        send(pointer_path)
    elif not (is_there and _is_intact(Path(pointer.uri), folder, files)):
        Path(pointer.uri).parent.mkdir(parents=True, exist_ok=True)
        put_in_place(folder, Path(pointer.uri), PACKED if is_there else NEW_FOLDER)


def _send(folder: Path, prefix: str, path: Path) -> None:
    """Put a file into S3 unless it is there.

    Args:
        folder: of the set.
        prefix: `s3://…` address of the set.
        path: the file, in the folder.
    """
    uri = f"{prefix}/{path.relative_to(folder).as_posix()}"
    if not holds(uri, path):
        upload(path, uri)


def _is_intact(place: Path, folder: Path, files: list[Path]) -> bool:
    """Whether a folder has all files of a set, as they should be.

    Args:
        place: the folder.
        folder: one of the same set, just packed.
        files: those in the latter.
    """
    others = [place / path.relative_to(folder) for path in files]
    return all(
        other.is_file() and file_sha256(other) == file_sha256(path)
        for path, other in zip(files, others, strict=True)
    )


def _require_ours(uri: str) -> None:
    """Refuse a prefix in S3 with objects that no packed set has; a broken-off upload's may stay."""
    strangers = [name for name in names_below(uri) if not PACKED.holds(name)]
    if strangers:
        raise StorageError(
            f"{uri}: holds {strangers[0]}, which is no part of a packed data set; "
            "choose another prefix"
        )


def _is_there(pointer: DatasetPointer) -> bool:
    """Whether this very set is at its URI."""
    name = f"{pointer.uri}/{POINTER_NAME}"
    if is_s3(pointer.uri):
        if not exists(name):
            return False
        content = read_bytes(name)
        try:
            occupant = DatasetPointer.from_json(content, name)
        except DataError as error:
            raise DataError(
                f"{name}: not a data set pointer; delete it, or choose another prefix"
            ) from error
    else:
        # Whatever else is there, `put_in_place` refuses to replace.
        if not Path(name).is_file():
            return False
        occupant = DatasetPointer.load(PointerPath(Path(name)))
    if occupant.digest != pointer.digest:
        raise DataError(
            f"{pointer.uri}: holds another data set; choose another destination, or remove that one"
        )
    return True
