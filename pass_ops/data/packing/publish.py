"""Putting a packed set where it belongs, so that half of one is never taken for a whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from pass_ops.data.pointer import POINTER_NAME, DatasetPointer
from pass_ops.errors import DataError
from pass_ops.storage.atomic import space_needed
from pass_ops.storage.s3 import exists, is_s3, read_bytes, upload

DIGEST = "{digest}"
"""What stands for the set's digest in a destination."""

_UPLOADS = 4


@contextmanager
def staging(destination: str) -> Iterator[Path]:
    """An empty folder to pack in, removed afterwards: beside a destination folder, or in $TMPDIR
    for one in S3.

    Raises:
        StorageError: the disk is full, or the S3 server refuses (known before any work is done).
    """
    if is_s3(destination):
        exists(f"{destination}/{POINTER_NAME}")
        parent = Path(tempfile.gettempdir())
    else:
        parent = Path(f"{destination.partition(DIGEST)[0]}x").parent
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".partial-pack-", dir=parent))
    try:
        with space_needed(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, pointer: DatasetPointer) -> None:
    """Put the packed set in `folder` to `pointer.uri`, unless it is there already.

    Raises:
        DataError: something else is there.
        StorageError: the server refuses.
    """
    if _is_there(pointer):
        return
    if is_s3(pointer.uri):
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        with ThreadPoolExecutor(_UPLOADS) as pool:
            list(
                pool.map(
                    lambda path: upload(
                        path, f"{pointer.uri}/{path.relative_to(folder).as_posix()}"
                    ),
                    files,
                )
            )
        pointer.save(folder / POINTER_NAME)
        upload(folder / POINTER_NAME, f"{pointer.uri}/{POINTER_NAME}")
        return
    pointer.save(folder / POINTER_NAME)
    folder.chmod(0o755)
    os.rename(folder, pointer.uri)


def _is_there(pointer: DatasetPointer) -> bool:
    """Whether this very set is at its URI."""
    name = f"{pointer.uri}/{POINTER_NAME}"
    if is_s3(pointer.uri):
        if not exists(name):
            return False
        there = DatasetPointer.from_json(read_bytes(name).decode(), name)
    else:
        folder = Path(pointer.uri)
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return False
        if not Path(name).is_file():
            raise DataError(
                f"{pointer.uri}: is there already and is no packed data set; choose another destination"
            )
        there = DatasetPointer.load(Path(name))
    if there.digest != pointer.digest:
        raise DataError(
            f"{pointer.uri}: holds another data set; choose another destination, or remove that one"
        )
    return True
