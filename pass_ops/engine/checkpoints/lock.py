"""One process at a time in a folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pass_ops.errors import StorageError


@contextmanager
def locked(file: Path, stage: str) -> Iterator[None]:
    """Keep other processes from the block; the system frees the lock of one that is killed.

    Args:
        file: that is locked, and says who has locked it; made if need be.
        stage: what the process does, for the error.

    Raises:
        StorageError: another process is in the block.
    """
    with file.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            raise StorageError(
                f"{file}: process {stream.read() or 'of another run'} runs {stage} with the same "
                "settings and data; wait until it has ended"
            ) from error
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
