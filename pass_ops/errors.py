"""Errors that a user can act on.

Every message is one line: what is wrong, in which file, key or stage, and what to do about it. The
command line and the KFP components print it without a traceback and exit with its status; any other
exception is a defect and keeps its traceback.
"""

from __future__ import annotations

import re

# Of addresses, and of what `pathlib` makes of them.
_LOGIN = re.compile(r"(?<=://)[^/\s]+(?=@)|(?<=:/)[^/\s:]+:[^/\s]+(?=@)")


def printable(text: str) -> str:
    """A text as one line that any terminal takes, whatever names of files are in it.

    Line breaks, control characters and the bytes of names that are not UTF-8 become escapes.
    """
    return "".join(sign if sign.isprintable() else _escape(sign) for sign in text)


def without_login(text: str) -> str:
    """A text whose addresses name no user and no password, `https://…@host`."""
    return _LOGIN.sub("…", text)


def first_line(error: BaseException) -> str:
    """The first line of an error's text; its type's name if there is none."""
    text, *_ = str(error).splitlines() or [""]
    return text or type(error).__name__


def _escape(sign: str) -> str:
    # A byte that Python could not decode in a file's name.
    if "\udc80" <= sign <= "\udcff":
        return f"\\x{ord(sign) - 0xDC00:02x}"
    return sign.encode("unicode_escape").decode()


class PassError(Exception):
    """Base of all errors that are the user's to fix.

    Attributes:
        status: what a command ends with.
        passing: whether the same command may succeed later, so that a cluster should try again.
    """

    status = 1
    passing = False

    def __str__(self) -> str:
        return printable(without_login(super().__str__()))


class ConfigError(PassError):
    """An unknown key, a value of the wrong type or out of range, an impossible combination."""

    status = 2


class DataError(PassError):
    """A data set, or a file of one, that cannot be used."""


class StorageError(PassError):
    """An object store or a disk that refuses, lacks or corrupts what was asked of it."""

    passing = True


class ArtifactError(PassError):
    """A stage's input that is of the wrong kind, incomplete, or from another label space."""


class TrainingError(PassError):
    """A training that cannot go on: collapse, non-finite loss, too few images."""


class KilledError(PassError):
    """A process that the system has killed, for lack of memory for instance."""

    passing = True


class RenewedError(PassError):
    """A library that has changed itself, and works again in a new process."""

    passing = True
