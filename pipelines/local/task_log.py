"""Reading what KFP's local runner prints: which stage runs, how far it is, whether it failed and
why.
"""

from __future__ import annotations

import io
import re
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pass_ops.engine.progress import PREFIX
from pipelines.local.stage_metrics import Executed

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_STARTED = re.compile(r" - INFO - Executing task '(?P<task>[^']+)'$")
_CACHED = re.compile(r"Task '?(?P<task>[^' ]+)'? cache hit \(key=(?P<key>[0-9a-f]+)\)")
_ENDED = re.compile(r" - Task '(?P<task>[^']+)' finished with status (?P<status>SUCCESS|FAILURE)$")
_PROGRESS = re.compile(
    rf"^{PREFIX} \| (?P<stage>.+?) \| (?P<done>\d+)/(?P<total>\d+) images \| (?P<detail>.+)$"
)
_ERROR = re.compile(r"^(error|[\w.]*(Error|Exception|Exit|Interrupt))\b.*: ")


class Display(Protocol):
    """Shows stages to a person."""

    def begin(self, label: str) -> None:
        """A stage starts."""

    def update(self, *, label: str, done: int, total: int, detail: str) -> None:
        """It has worked through `done` of `total` images; `detail`: rate, time left, epoch and
        loss.
        """

    def end(self, label: str, outcome: str) -> None:
        """It is over: its seconds, or cached, or failed."""


@dataclass
class Failure:
    """A failed stage and the last lines that it printed."""

    stage: str
    lines: list[str]

    @property
    def cause(self) -> str:
        """The line of the error; the last lines where none looks like one."""
        errors = [line for line in self.lines if _ERROR.match(line)]
        return errors[-1] if errors else " / ".join(self.lines[-2:]) or "it printed nothing"


@dataclass(kw_only=True)
class _Stage:
    name: str
    label: str
    start: float = field(default_factory=time.monotonic)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=60))


class TaskLog(io.TextIOBase):
    """A text stream for the runner's output: everything goes to a file, what matters to a display.

    Args:
        file: the log.
        display: told about each stage.
        names: all stages of the run: the runner's name and the one to show.
    """

    def __init__(self, file: Path, display: Display, names: Mapping[str, str]) -> None:
        self.path, self.display, self.names = file, display, names
        self.executed: list[Executed] = []
        self.failure: Failure | None = None
        self._file = file.open("w", encoding="utf-8")
        self._partial = ""
        self._stage: _Stage | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show the block as a stage of its own, besides those of the pipeline, with what it
        prints.
        """
        self._stage = _Stage(name=name, label=name)
        self.display.begin(name)
        try:
            with redirect_stdout(self):
                yield
        except BaseException:
            self._end("failed")
            raise
        self._end(_seconds(self._stage))

    def write(self, text: str) -> int:
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self._line(_ANSI.sub("", line))
        return len(text)

    def flush(self) -> None:
        if not self.closed:
            self._file.flush()

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._file.close()

    def _line(self, line: str) -> None:
        print(line, file=self._file, flush=True)
        if match := _STARTED.search(line):
            self._begin(Executed(match["task"]))
        elif match := _CACHED.search(line):
            self._begin(Executed(match["task"], match["key"]))
            self._end("cached")
        elif (match := _ENDED.search(line)) and self._stage is not None:
            self._finish(self._stage, match["status"])
        elif self._stage is not None:
            self._output(self._stage, line.strip())

    def _begin(self, executed: Executed) -> None:
        self.executed.append(executed)
        name = self.names.get(executed.task, executed.task)
        self._stage = _Stage(name=name, label=f"{len(self.executed)}/{len(self.names)} {name}")
        self.display.begin(self._stage.label)

    def _finish(self, stage: _Stage, status: str) -> None:
        if status == "FAILURE":
            self.failure = self.failure or Failure(stage.name, list(stage.lines))
        self._end(_seconds(stage) if status == "SUCCESS" else "failed")

    def _end(self, outcome: str) -> None:
        assert self._stage is not None
        self.display.end(self._stage.label, outcome)
        self._stage = None

    def _output(self, stage: _Stage, line: str) -> None:
        if match := _PROGRESS.match(line):
            detail = match["detail"].replace(" | ", ", ")
            if match["stage"].replace("_", "-") != stage.name:
                detail = f"{detail}, {match['stage']}"
            self.display.update(
                label=stage.label, done=int(match["done"]), total=int(match["total"]), detail=detail
            )
        elif line and not line.startswith("[KFP Executor"):
            stage.lines.append(line)


def _seconds(stage: _Stage) -> str:
    return f"{time.monotonic() - stage.start:.1f} s"
