"""Outputs that are whole or absent, and take the place of nothing but earlier ones."""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pass_ops.storage.disk_space import space_needed
from pass_ops.storage.forms import Form
from pass_ops.storage.outputs import require_free
from pass_ops.storage.scratch import scratch_folder

# A kind of path of `pass_ops.paths`: what is written at the temporary path is of the same kind.
Kind = TypeVar("Kind", bound=Path)

_LONGEST_SUFFIX = 20


@contextmanager
def atomic_path(path: Kind, form: Form) -> Iterator[Kind]:
    """Yield a path beside `path` to write at; what is written takes `path`'s place at the end.

    The temporary path does not exist yet, lies in a scratch folder beside `path` (whose folder is
    made) and keeps the suffix, so that writers which go by the suffix work. When the block raises,
    what was written is removed and what was at `path` stays. What appears has the rights that the
    umask leaves, whatever those were that it was written with.

    Args:
        path: of a file or a folder.
        form: of what is written; what is at `path` already is replaced if it is of that form too.

    Raises:
        StorageError: the disk is full; something else is at `path` (see `require_free`).
    """
    require_free(path, form)
    suffix = path.suffix if len(path.suffix) < _LONGEST_SUFFIX else ""
    # PyArrow takes a relative path with a colon in it for an address.
    parent = path.absolute().parent
    with space_needed(path):
        parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(parent) as folder:
            temporary = parent / folder.name / f"output{suffix}"
            yield temporary
            put_in_place(temporary, path, form)


def copy_file(source: Path, target: Path, form: Form) -> None:
    """Copy a file, whole or not at all.

    Args:
        source: the file.
        target: its copy's path.
        form: of the file; an older file of that form is replaced.
    """
    with atomic_path(target, form) as temporary:
        shutil.copyfile(source, temporary)


def put_in_place(temporary: Path, path: Path, form: Form) -> None:
    """Put an output in the place of an earlier one, or where nothing is.

    Args:
        temporary: what is moved.
        path: where to; in the same folder.
        form: of the output.

    Raises:
        StorageError: something else is at `path` by now.
    """
    _give_rights(temporary)
    require_free(path, form)
    if not path.is_dir() or not any(path.iterdir()):
        os.replace(temporary, path)
        return
    # A folder cannot be renamed over one with files in it, so the old one steps aside.
    aside = path.with_name(f".replaced-{uuid.uuid4().hex}")
    os.rename(path, aside)
    try:
        os.rename(temporary, path)
    except OSError:
        os.rename(aside, path)
        raise
    shutil.rmtree(aside)


def _give_rights(path: Path) -> None:
    """Let a file or folder, and all in it, have the rights that any other new one would have.

    safetensors and `tempfile` keep theirs to their owner, and a copy has those of what it copies.
    """
    umask = os.umask(0o077)
    os.umask(umask)
    for one in (path, *path.rglob("*")):
        mode = one.lstat().st_mode
        rights = (0o777 if stat.S_ISDIR(mode) else 0o666) & ~umask | mode & stat.S_ISGID
        if stat.S_IMODE(mode) != rights:
            one.chmod(rights)
