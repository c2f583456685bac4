"""What one of several tasks does of a stage's work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pass_ops.errors import ConfigError

Piece = TypeVar("Piece")
_TEXT = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})", re.ASCII)
_FOLDER = re.compile(r"share-(\d{4})-of-(\d{4})", re.ASCII)


@dataclass(frozen=True)
class Share:
    """One of several consecutive parts of a sequence, which differ by a piece at most.

    Attributes:
        number: of it, from 1.
        count: how many there are.
    """

    number: int
    count: int

    @staticmethod
    def parse(text: str) -> Share | None:
        """The share that a text such as `3/8` names; None for an empty one: the whole.

        Raises:
            ConfigError: it names none.
        """
        if not text:
            return None
        match = _TEXT.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]):
            raise ConfigError(f"share {text}: give its number and how many there are, such as 3/8")
        return Share(int(match[1]), int(match[2]))

    @staticmethod
    def of_folder(name: str) -> Share | None:
        """The share whose folder has this name; None for any other."""
        match = _FOLDER.fullmatch(name)
        return Share(int(match[1]), int(match[2])) if match else None

    @property
    def folder(self) -> str:
        """Name of the folder of its checkpoints, below those of the whole work."""
        return f"share-{self.number:04d}-of-{self.count:04d}"

    def of(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """Its part of all pieces."""
        start, end = (len(pieces) * place // self.count for place in (self.number - 1, self.number))
        return pieces[start:end]


class ShareMade(Exception):  # noqa: N818  # It is no error.
    """The pieces of a share are kept, which is all that its task has to do."""
