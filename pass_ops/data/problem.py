"""What is wrong with one file of a data set."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.errors import DataError


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
        return f"{self.file}: {self.what}; {self.fix}"


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
