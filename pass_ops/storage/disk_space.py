"""A full disk, in one line that says where: before the work where that can be told, or in it."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pass_ops.errors import PassError, StorageError

# How safetensors (an error of its own) and NumPy (an OSError without errno) say it.
_FULL = re.compile(rf"{os.strerror(errno.ENOSPC)}|\d+ requested and \d+ written")


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


def require_room(path: Path, needed: int, what: str) -> None:
    """Refuse work whose output will not fit on the disk.

    Args:
        path: where the output will be; it and folders above it need not be there yet.
        needed: bytes that it takes.
        what: is written, and how much that is: "features of 90 images".

    Raises:
        StorageError: fewer bytes are free.
    """
    folder = path.absolute()
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(
            f"{path}: {free / 1e6:.4g} MB are free there, and {what} take {needed / 1e6:.4g} MB; "
            "free some, or choose another folder"
        )


def _is_full(error: Exception) -> bool:
    # A `PassError` has its line already: what an inner block said is not said again.
    if isinstance(error, PassError):
        return False
    return (
        getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        or _FULL.search(str(error)) is not None
    )
