"""Showing stages: bars on a terminal, plain lines in a file or a CI log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from pipelines.local.display import Display


@contextmanager
def open_display(console: Console) -> Iterator[Display]:
    """Bars while the block lasts where `console` is a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        yield Lines(console)
        return
    # Of 80 columns, the longest name of a stage takes 31, and rate and time left 40.
    columns = (
        TextColumn("{task.description:<31}", markup=False, table_column=Column(min_width=31)),
        BarColumn(bar_width=7, table_column=Column(min_width=7)),
        TextColumn("{task.fields[detail]}", markup=False, table_column=Column(no_wrap=True)),
    )
    with Progress(
        *columns, console=console, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        yield Bars(progress)


class Bars:
    """A display with a bar for each stage that runs, in `progress` of rich, and a line above for
    each that has ended: of more bars than the terminal has lines, rich leaves out the last.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self._ids: dict[str, TaskID] = {}

    def begin(self, label: str) -> None:
        self._ids[label] = self.progress.add_task(label, total=None, detail="")

    def update(self, *, label: str, done: int, total: int, detail: str) -> None:
        self.progress.update(
            self._ids[label],
            completed=done,
            total=total,
            detail=f"{done}/{total}, {detail}",
        )

    def note(self, label: str, text: str) -> None:
        self.progress.update(self._ids[label], detail=text)

    def end(self, label: str, outcome: str) -> None:
        self.progress.remove_task(self._ids.pop(label))
        self.say(f"{label:<31} {outcome}")

    def say(self, line: str) -> None:
        self.progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


class Lines:
    """A display of plain lines, not one for every step."""

    def __init__(self, console: Console, interval: float = 10.0) -> None:
        """Print to a console.

        Args:
            console: where to.
            interval: seconds between two lines of a stage's progress.
        """
        self.console, self.interval = console, interval
        self._last = 0.0

    def begin(self, label: str) -> None:
        self._last = time.monotonic()
        self._print(f"{label} ...")

    def update(self, *, label: str, done: int, total: int, detail: str) -> None:
        self.note(label, f"{done}/{total} images, {detail}")

    def note(self, label: str, text: str) -> None:
        if time.monotonic() - self._last >= self.interval:
            self._last = time.monotonic()
            self._print(f"{label}: {text}")

    def end(self, label: str, outcome: str) -> None:
        self._print(f"{label}: {outcome}")

    def say(self, line: str) -> None:
        self._print(line)

    def _print(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)
