"""Files of anyone's, opened for reading: what keeps one from being read is said in one line."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pass_ops.errors import ArtifactError, PassError, StorageError

_LONGEST = 200
"""Characters of a library's words that a line repeats."""

_LARGEST = 2**28
"""Bytes of the largest text: what is larger is another file, which would fill the memory."""


def regular_file(path: Path) -> Path:
    """`path`, if what it names is a file: a pipe would be waited for, a device may have no end.

    Raises:
        OSError: nothing is there, or something else than a file.
    """
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, "a folder, not a file", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "a pipe, socket or device, not a file", str(path))
    # Libraries that open it themselves say this in words of their own, or call it damaged.
    if not os.access(path, os.R_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    # PyArrow takes a relative path with a colon in it for an address.
    return path.absolute()


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        OSError: it cannot be read, or is too large for a text.
        UnicodeError: it is not UTF-8.
    """
    if regular_file(path).stat().st_size > _LARGEST:
        raise OSError(errno.EFBIG, "too large for a text", str(path))
    # Windows begins texts with a byte order mark.
    text = path.read_text(encoding="utf-8-sig")
    if "\0" in text:
        raise UnicodeError("zeros between letters, as UTF-16 has them")
    return text


def reason(error: Exception) -> str:
    """Why a file was not read, in a few words."""
    if isinstance(error, UnicodeError):
        return "not text in UTF-8"
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    if isinstance(error, OSError) and error.strerror:
        # What is missing is what the link leads to, which the system does not say.
        if isinstance(error, FileNotFoundError) and os.path.islink(error.filename):
            return f"a link to {os.readlink(error.filename)}, which is not there"
        return error.strerror
    return " ".join(str(error).split())[:_LONGEST] or type(error).__name__


@contextmanager
def reading(
    *, path: Path | str, what: str, advice: str, refusal: type[PassError] = ArtifactError
) -> Iterator[None]:
    """Turn whatever is raised while a file is opened and understood into one line that names it.

    Nothing else belongs inside the block: libraries raise errors of any class on damaged files.

    Args:
        path: the file, or the folder or address that it lies at.
        what: should be in it: "centroids".
        advice: what to do where it is not.
        refusal: class of the error.

    Raises:
        PassError: a `refusal`.
    """
    try:
        yield
    except PassError:
        raise
    except Exception as error:
        file = error.filename if isinstance(error, OSError) else None
        if file is None:
            line = f"{path} holds no {what} ({reason(error)}): {advice}"
        elif isinstance(error, PermissionError):
            line = f"{file}: cannot be read ({reason(error)}): make it readable"
        elif os.fspath(path) == file:
            line = f"{path} holds no {what} ({reason(error)}): {advice}"
        else:
            line = f"{path} holds no {what} ({os.path.basename(file)}: {reason(error)}): {advice}"
        raise refusal(line) from error


@contextmanager
def files_named() -> Iterator[None]:
    """Turn what the file system says of a file, wherever it is said, into one line that names it.

    Raises:
        StorageError: a file or folder cannot be opened, made, listed or moved.
    """
    try:
        yield
    except OSError as error:
        # Of a pipe or a connection.
        if error.filename is None:
            raise
        raise StorageError(
            f"{os.fsdecode(error.filename)}: {reason(error)}; check the path, and who may use it"
        ) from error
