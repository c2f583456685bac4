"""Whether there is room for what Jittor compiles."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pass_ops.errors import StorageError

MIB = 2**20
ROOM = 16 * MIB
"""Bytes that are asked to be free: a kernel takes one tenth of a MiB, a stage some hundred."""
CORE = 512 * MIB
"""The same where Jittor's core is still to be compiled, and its headers."""


@contextmanager
def kernels_have_room() -> Iterator[None]:
    """Say in one line that there is no room for kernels, where that is why the block fails.

    Raises:
        StorageError: the folder of kernels, or that of temporary files, is full.
    """
    try:
        yield
    except (RuntimeError, OSError):
        # Jittor's error may name the lack of room, the compiler, or what it has not written.
        if home := os.environ.get("JITTOR_HOME"):
            require_room(Path(home), MIB)
        raise


def require_room(home: Path, least: int) -> None:
    """Refuse folders of kernels and of temporary files that are full.

    Args:
        home: the folder of kernels.
        least: bytes to be free in it.

    Raises:
        StorageError: one is.
    """
    for folder, bytes_needed in ((home, least), (Path(tempfile.gettempdir()), min(least, ROOM))):
        # The first compilation makes the folder.
        there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
        free = shutil.disk_usage(there).free
        if free < bytes_needed:
            raise StorageError(
                f"{folder}: {free // MIB} MiB are free and {bytes_needed // MIB} needed to compile "
                "Jittor's kernels; free some, or choose another folder (JITTOR_HOME, TMPDIR)"
            )
