"""What is wrong with one file of a data set."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.errors import DataError


@dataclass(frozen=True, order=True)
class Problem:
    """One line for the user: the file, what is wrong with it, what to do."""

    file: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}; {self.fix}"


class BadFileError(DataError):
    """A file of a data set that cannot be used."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem

    def __reduce__(self) -> tuple[type[BadFileError], tuple[Problem]]:
        return type(self), (self.problem,)
