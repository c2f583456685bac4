"""Outputs that are whole or absent."""

from __future__ import annotations

import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pass_ops.errors import PassError, StorageError

# How safetensors (an error of its own) and NumPy (an OSError without errno) say it.
_FULL = re.compile(rf"{os.strerror(errno.ENOSPC)}|\d+ requested and \d+ written")


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write a file or a folder at; it takes `path`'s place when the
    block ends well.

    The temporary path does not exist yet, lies in the same folder (which is made) and keeps the
    suffix, so that writers which go by the suffix work. When the block raises, what was written is
    removed and what was at `path` stays.

    Raises:
        StorageError: the disk is full.
    """
    path = Path(path)
    temporary = path.with_name(f".partial-{uuid.uuid4().hex[:12]}-{path.name}")
    try:
        with space_needed(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            _replace(temporary, path)
    finally:
        _remove(temporary)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all."""
    with atomic_path(target) as temporary:
        shutil.copyfile(source, temporary)


@contextmanager
def space_needed(path: Path) -> Iterator[None]:
    """Turn "no space left" inside the block into one line that names `path`.

    Raises:
        StorageError: the disk, or the quota on it, is full.
    """
    try:
        yield
    except Exception as error:
        if not _is_full(error):
            raise
        raise StorageError(
            f"{path}: no space left on the disk; free some, or choose another folder"
        ) from error


def _is_full(error: Exception) -> bool:
    if isinstance(error, PassError):
        return False
    return (
        getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        or _FULL.search(str(error)) is not None
    )


def _replace(temporary: Path, path: Path) -> None:
    """Put `temporary` at `path`. A folder cannot be renamed over one with files in it, so the old
    one steps aside.
    """
    if not path.is_dir():
        os.replace(temporary, path)
        return
    aside = path.with_name(f".replaced-{uuid.uuid4().hex[:12]}-{path.name}")
    os.rename(path, aside)
    try:
        os.rename(temporary, path)
    except OSError:
        os.rename(aside, path)
        raise
    shutil.rmtree(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
