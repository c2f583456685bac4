"""Kernels whose content a power cut has lost."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pass_ops.engine.kernels.home import PLACE

_COMPILED = {".": ".so", "jit": ".so", "custom_ops": ".so", "obj_files": ".o"}
# What libraries and object files begin with.
_ELF = b"\x7fELF"


def mend_kernels(lock: Path, home: Path) -> None:
    """Remove what was compiled but whose content a power cut has lost: Jittor fails at it for ever.

    Not while another process compiles. If it is the core, Jittor waits without a word: a line says
    so.

    Args:
        lock: Jittor's file, locked by whoever compiles.
        home: the folder of kernels.
    """
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another process that compiles kernels ({lock})", flush=True)
            return
        # Jittor locks the file by flock where it compiles its core, but by POSIX's locks, of which
        # flock knows nothing, for kernels: without both, a kernel that another process is linking
        # looks damaged, is removed, and is not there when that process opens it.
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for place in home.glob(PLACE):
            for folder, suffix in _COMPILED.items():
                for compiled in _files(place / folder, suffix):
                    if not _is_whole(compiled):
                        os.unlink(compiled)


def _files(folder: Path, suffix: str) -> Iterator[str]:
    """The paths of a folder's files with such names; there may be no folder."""
    with suppress(FileNotFoundError, NotADirectoryError):
        yield from (file.path for file in os.scandir(folder) if file.name.endswith(suffix))


def _is_whole(compiled: str) -> bool:
    """Whether a compiled file has its content.

    Each of thousands at every import, hence without Python's files and paths, which take three
    times as long.
    """
    file = os.open(compiled, os.O_RDONLY)
    try:
        return os.read(file, len(_ELF)) == _ELF
    finally:
        os.close(file)
