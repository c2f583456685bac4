"""One thread or process at a time at a file."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pass_ops.storage.disk_space import space_needed


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Keep other threads and processes out of the block for the same path; they wait.

    The system frees the lock of a process that is killed. Where file servers keep locks on one
    machine from the others, or have none, those do not wait.

    Args:
        path: of the file that the block writes; its folder is made if need be.

    Raises:
        StorageError: the disk is full.
    """
    name = path.with_name(f".{path.name}.lock")
    with ExitStack() as stack:
        with space_needed(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_locked(name))
        try:
            yield
        finally:
            # While it is locked: who waits for it sees that it is gone, and makes another.
            name.unlink(missing_ok=True)


def _locked(name: Path) -> BinaryIO:
    """The open file of a lock that this thread has; closing it frees the lock."""
    while True:
        file = open(name, "ab")  # noqa: SIM115
        try:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), name.stat()):
                    return file
        except BaseException:
            file.close()
            raise
        file.close()
