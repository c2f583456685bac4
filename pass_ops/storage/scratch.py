"""Folders for what is not whole yet, of which nothing stays behind.

The process that makes one holds a lock on a file in it. Whoever makes the next one beside it
removes those that nobody holds any more: a killed process could not.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_NAME = re.compile(r"\.partial-[0-9a-f]{32}")
_OWNER = "owner"
# Seconds. Some file servers keep locks on one machine from the others: a folder that another one
# made is left alone for so long.
_FOREIGN_AGE = 86400.0


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, removed at the end; what killed processes left there goes too.

    Raises:
        OSError: no folder can be made in `parent`.
    """
    _remove_leftovers(parent)
    # It gets its name when the lock is there: no one must take it for a leftover before.
    unnamed = parent / f".new-{uuid.uuid4().hex}"
    folder = parent / f".partial-{uuid.uuid4().hex}"
    unnamed.mkdir()
    try:
        with open(unnamed / _OWNER, "wb") as owner:
            owner.write(_machine())
            owner.flush()
            _lock(owner)
            unnamed.rename(folder)
            yield folder
    finally:
        for path in (unnamed, folder):
            shutil.rmtree(path, ignore_errors=True)


def _remove_leftovers(parent: Path) -> None:
    try:
        names = [name for name in os.listdir(parent) if _NAME.fullmatch(name)]
    except PermissionError:
        # One may write to a folder without being allowed to list it.
        return
    for folder in (parent / name for name in names):
        try:
            # Without a lock of ours in it, it is not ours.
            with open(folder / _OWNER, "r+b") as owner:
                old = time.time() - os.fstat(owner.fileno()).st_mtime > _FOREIGN_AGE
                if _lock(owner) and (old or owner.read() == _machine()):
                    shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _lock(file: BinaryIO) -> bool:
    """Take the lock on a file; False where another process has it, or there are no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _machine() -> bytes:
    """What tells this machine, or container, from others."""
    return os.uname().nodename.encode()
