"""What the stages of a run print, kept in a file; what they say of themselves, shown."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from threading import RLock, get_ident

from pass_ops.engine.events import EVENTS, read_event
from pipelines.local.display import Display
from pipelines.local.tasks.running_stage import Failure, RunningStage
from pipelines.local.tasks.stage_metrics import ExecutedTask
from pipelines.servers.environment import environment_variables

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class TaskLog(io.TextIOBase):
    """A text stream for all that is printed in a run, by several stages at once.

    A stage is run by a thread of its own, which is how its lines are told from those of others.

    Attributes:
        tasks: those of the pipeline that have ended well, in the order in which they began.
        failure: the first stage that failed.
    """

    def __init__(self, file: Path, display: Display, names: Mapping[str, str]) -> None:
        """Open the log.

        Args:
            file: the log, written anew.
            display: told about each stage.
            names: all stages of the run: the runner's name and the one to show.
        """
        self.path, self.display, self.names = file, display, names
        self.failure: Failure | None = None
        self._tasks: dict[str, ExecutedTask | None] = {}
        self._file = file.open("w", encoding="utf-8")
        self._partial: dict[int, str] = {}
        self._running: dict[int, RunningStage] = {}
        self._lock = RLock()

    @property
    def tasks(self) -> list[ExecutedTask]:
        return [task for task in self._tasks.values() if task is not None]

    @property
    def computing(self) -> list[str]:
        """The labels of the stages that run and may compile kernels."""
        return self.silent(0)

    def silent(self, seconds: float) -> list[str]:
        """Those of `computing` that have printed nothing for so long."""
        stages = list(self._running.values())
        return [one.label for one in stages if one.computes and one.silence() >= seconds]

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show the block, and what it prints, as a stage besides those of the pipeline."""
        stage = self._begin(RunningStage(name=name, label=name, computes=True))
        try:
            with redirect_stdout(self), environment_variables({EVENTS: "1"}):
                yield
        except BaseException:
            self._end("failed")
            raise
        self._end(stage.seconds())

    def begin(self, task: str, *, computes: bool) -> None:
        """Note that this thread runs a task from now on.

        Args:
            task: the runner's name of it.
            computes: whether it may compile kernels.
        """
        with self._lock:
            self._tasks[task] = None
            name = self.names.get(task, task)
            label = f"{len(self._tasks)}/{len(self.names)} {name}"
            self._begin(RunningStage(name=name, label=label, computes=computes))

    def end(self, task: ExecutedTask | None) -> None:
        """Note that this thread's task has ended.

        Args:
            task: what it has left; None if it failed.
        """
        with self._lock:
            stage = self._running[get_ident()]
            if task is None:
                self._end("stopped" if self.failure else "failed")
                self.failure = self.failure or stage.failure()
                return
            self._tasks[task.name] = task
            self._end("cached" if task.cached else stage.seconds())

    def write(self, text: str) -> int:
        """Take in text of this thread, which may end within a line."""
        with self._lock:
            before = self._partial.pop(get_ident(), "")
            *lines, partial = (before + text).split("\n")
            for line in lines:
                self._read(_ANSI.sub("", line))
            if partial:
                self._partial[get_ident()] = partial
        return len(text)

    def say(self, line: str) -> None:
        """Keep and show a line of the run itself."""
        with self._lock:
            print(line, file=self._file, flush=True)
            self.display.say(line)

    def flush(self) -> None:
        """Let the file be as far as the stream."""
        if not self.closed:
            self._file.flush()

    def close(self) -> None:
        """Close the file too."""
        if not self.closed:
            super().close()
            self._file.close()

    def _begin(self, stage: RunningStage) -> RunningStage:
        with self._lock:
            self._running[get_ident()] = stage
            self.display.begin(stage.label)
        return stage

    def _end(self, outcome: str) -> None:
        with self._lock:
            self.display.end(self._running.pop(get_ident()).label, outcome)

    def _read(self, line: str) -> None:
        """Keep a whole line, and show it if it is an event of a stage."""
        stage = self._running.get(get_ident())
        line, event = read_event(line)
        if stage is None:
            print(line, file=self._file, flush=True)
            return
        stage.heard = time.monotonic()
        print(f"{stage.name} | {line}", file=self._file, flush=True)
        if event and "done" not in event:
            # Of the checkpoints that it found.
            self.display.say(line)
        elif event:
            detail = event["detail"]
            if event["stage"].replace("_", "-") != stage.name:
                detail = f"{detail}, {event['stage']}"
            self.display.update(
                label=stage.label, done=event["done"], total=event["total"], detail=detail
            )
        elif line.strip() and not line.startswith("[KFP Executor"):
            stage.lines.append(line.strip())
