"""What shows the stages of a run to a person."""

from __future__ import annotations

from typing import Protocol


class Display(Protocol):
    """Is told about stages as they begin, proceed and end; `label` tells them apart."""

    def begin(self, label: str) -> None:
        """A stage starts."""

    def update(self, *, label: str, done: int, total: int, detail: str) -> None:
        """A stage has proceeded.

        Args:
            label: the stage.
            done, total: images that it has worked through, of how many.
            detail: rate, time left, epoch and loss.
        """

    def note(self, label: str, text: str) -> None:
        """A stage does something that is not counted in images.

        Args:
            label: the stage.
            text: what it does.
        """

    def end(self, label: str, outcome: str) -> None:
        """A stage is over.

        Args:
            label: the stage.
            outcome: its seconds, or cached, or failed.
        """

    def say(self, line: str) -> None:
        """Something is to be known beside the stages."""
