"""Outputs that are whole or absent."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pass_ops.storage.disk_space import space_needed

# A kind of path of `pass_ops.paths`: what is written at the temporary path is of the same kind.
Kind = TypeVar("Kind", bound=Path)


@contextmanager
def atomic_path(path: Kind) -> Iterator[Kind]:
    """Yield a path beside `path` to write at; what is written takes `path`'s place at the end.

    It may be a file or a folder. The temporary path does not exist yet, lies in the same folder
    (which is made) and keeps the suffix, so that writers which go by the suffix work. When the
    block raises, what was written is removed and what was at `path` stays.

    Raises:
        StorageError: the disk is full.
    """
    temporary = path.with_name(f".partial-{uuid.uuid4().hex[:12]}-{path.name}")
    try:
        with space_needed(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            _replace(temporary, path)
    finally:
        _remove(temporary)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all.

    Args:
        source: the file.
        target: its copy's path; an older file there is replaced.
    """
    with atomic_path(target) as temporary:
        shutil.copyfile(source, temporary)


def _replace(temporary: Path, path: Path) -> None:
    """Put a file or a folder in the place of another, or where nothing is.

    Args:
        temporary: what is moved.
        path: where to; in the same folder.
    """
    if not path.is_dir():
        os.replace(temporary, path)
        return
    # A folder cannot be renamed over one with files in it, so the old one steps aside.
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
