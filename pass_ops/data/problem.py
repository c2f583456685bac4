"""What is wrong with one file of a data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pass_ops.errors import DataError, printable
from pass_ops.storage.opening import reason, regular_file

MAX_BYTES = 2**29
"""Of an image or mask, which is read whole: above that of all pixels that are decoded."""

_SHOWN = 5
"""Names that a message lists."""


@dataclass(frozen=True, order=True)
class Problem:
    """One line for the user.

    Attributes:
        file: path or address of the file.
        what: what is wrong with it.
        fix: what to do.
    """

    file: str
    what: str
    fix: str

    def __str__(self) -> str:
        return printable(f"{self.file}: {self.what}; {self.fix}")


class BadFileError(DataError):
    """A file of a data set that cannot be used.

    Args:
        problem: what is wrong with it.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    # Without it, unpickling (from a worker process) would call the class with the message.
    def __reduce__(self) -> tuple[type[BadFileError], tuple[Problem]]:
        return type(self), (self.problem,)


def refuse_first(problems: Sequence[Problem], listing: str = "") -> None:
    """Refuse what has problems.

    Args:
        problems: all of them.
        listing: what shows the others.

    Raises:
        BadFileError: names the first, and says how many there are.
    """
    if problems:
        first, more = min(problems), ""
        if len(problems) > 1:
            more = f" ({len(problems)} problems in all{listing and f': {listing}'})"
        raise BadFileError(Problem(first.file, first.what, first.fix + more))


def first_of(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


@contextmanager
def readable(file: Path) -> Iterator[None]:
    """Make a problem of `file` of whatever the file system has against reading it.

    Raises:
        BadFileError: the file is missing or no file, or its owner allows nobody to read it.
    """
    try:
        yield
    except OSError as error:
        what = f"cannot be read ({reason(error)})"
        raise BadFileError(Problem(str(file), what, "make it a readable file")) from error


def read_file(file: Path) -> bytes:
    """The bytes of a file of a data set.

    Raises:
        BadFileError: see `readable`; or it has more than `MAX_BYTES`.
    """
    with readable(file):
        size = regular_file(file).stat().st_size
        if size <= MAX_BYTES:
            return file.read_bytes()
    what = (
        f"has {size / 1e6:.4g} MB, "
        f"the limit is {MAX_BYTES / 1e6:.4g} (MAX_BYTES in pass_ops/data/problem.py)"
    )
    raise BadFileError(Problem(str(file), what, "shrink it"))
