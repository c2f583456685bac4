"""A full disk, in one line that says where."""

from __future__ import annotations

import errno
import os
import re
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


def _is_full(error: Exception) -> bool:
    # A `PassError` has its line already: what an inner block said is not said again.
    if isinstance(error, PassError):
        return False
    return (
        getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        or _FULL.search(str(error)) is not None
    )
