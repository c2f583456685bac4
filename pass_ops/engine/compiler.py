"""What Jittor needs to compile kernels: a compiler, and folders with room that it may write to.

Jittor 1.3.11 says of what is missing in 50 lines of tracebacks, none of which may name it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from pass_ops.errors import ConfigError, StorageError

MIB = 2**20
ROOM = 16 * MIB
"""Bytes that are asked to be free: a kernel takes one tenth of a MiB, a stage some hundred."""

CORE = 512 * MIB
"""The same where Jittor's core is still to be compiled, and its headers."""

# Below the folder of kernels: versions of Jittor, compiler, Python, system, processor; two keys.
_PLACE = ".cache/jittor/*/*/*/*/*/*/*"
_COMPILED = {".": ".so", "jit": ".so", "custom_ops": ".so", "obj_files": ".o"}
# What libraries and object files begin with.
_ELF = b"\x7fELF"


def kernel_home(environment: Mapping[str, str]) -> Path:
    """The folder of kernels: JITTOR_HOME, else in a clone the one that make fills, else the home.

    Args:
        environment: of the process.

    Raises:
        ConfigError: there is none of them.
    """
    if home := environment.get("JITTOR_HOME"):
        return Path(home)
    clone = Path(__file__).resolve().parents[2]
    if (clone / "Makefile").is_file():
        return clone / ".cache" / "jittor"
    try:
        return Path.home()
    except RuntimeError as error:
        raise ConfigError(
            "HOME is not set: name a folder for Jittor's kernels in JITTOR_HOME"
        ) from error


def require_compiler(environment: Mapping[str, str], home: Path) -> None:
    """Refuse what Jittor could not compile with.

    Args:
        environment: of the process.
        home: the folder of kernels, JITTOR_HOME; made if missing.

    Raises:
        ConfigError: there is no compiler.
        StorageError: a folder cannot be written to, or has no room.
    """
    compiler = environment.get("cc_path") or "g++"
    if shutil.which(compiler) is None:
        raise ConfigError(
            f"{compiler}: no such program, with which Jittor compiles its kernels; install it: "
            "apt-get install g++"
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise StorageError(
            f"JITTOR_HOME={home}: {error.strerror}; Jittor keeps its kernels there: change its "
            "rights, or name another folder"
        ) from error
    _require_room(home, ROOM if core_is_compiled(home) else CORE)


def core_is_compiled(home: Path) -> bool:
    """Whether Jittor's core is in its folder `home`, for some machine."""
    return any(home.glob(f"{_PLACE}/jittor_core*.so"))


def kernel_files(home: Path) -> list[Path]:
    """The compiled kernels in `home`, for all machines."""
    return list(home.glob(f"{_PLACE}/jit/*.so"))


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
            _require_room(Path(home), MIB)
        raise


@contextmanager
def home_set_to(folder: Path) -> Iterator[None]:
    """Let `folder` be the user's home while the block lasts.

    Jittor makes `.cache/jittor` there and writes down which JITTOR_HOME was the last, which is of
    no use to us, and cannot be done by a user without a home.
    """
    before = os.environ.get("HOME")
    os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = before


@contextmanager
def output_dropped() -> Iterator[None]:
    """Keep what C and other programs print in the block from standard output.

    When Jittor installs oneDNN, that tests itself and prints what it has computed.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


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
        for place in home.glob(_PLACE):
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


def _require_room(home: Path, least: int) -> None:
    """Refuse folders of kernels and of temporary files that are full.

    Args:
        home: the folder of kernels.
        least: bytes to be free in it.
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
