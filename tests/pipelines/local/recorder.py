"""A display for tests."""

from __future__ import annotations


class Recorder:
    """A display that keeps its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def begin(self, label: str) -> None:
        self.calls.append(("begin", label))

    def update(self, *, label: str, done: int, total: int, detail: str) -> None:
        self.calls.append(("update", label, done, total, detail))

    def end(self, label: str, outcome: str) -> None:
        self.calls.append(("end", label, outcome))

    def note(self, label: str, text: str) -> None:
        self.calls.append(("note", label, text))

    def say(self, line: str) -> None:
        self.calls.append(("say", line))
