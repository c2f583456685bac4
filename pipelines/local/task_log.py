"""Reading what KFP's local runner prints: which stage runs, how far it is, why it failed.

The runner of KFP 2.17.0 says it nowhere else: it has no callbacks, and its exception holds the name
of the failed task but not the reason. Another version may word its lines in another way; the tests
of local runs would notice.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from pass_ops.engine.progress import PREFIX
from pipelines.local.display import Display
from pipelines.local.running_stage import Failure, RunningStage
from pipelines.local.stage_metrics import ExecutedTask

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_STARTED = re.compile(r" - INFO - Executing task '(?P<task>[^']+)'$")
_CACHED = re.compile(r"Task '?(?P<task>[^' ]+)'? cache hit \(key=(?P<key>[0-9a-f]+)\)")
_ENDED = re.compile(r" - Task '(?P<task>[^']+)' finished with status (?P<status>SUCCESS|FAILURE)$")
_PROGRESS = re.compile(
    rf"^{PREFIX} \| (?P<stage>.+?) \| (?P<done>\d+)/(?P<total>\d+) images \| (?P<detail>.+)$"
)


class TaskLog(io.TextIOBase):
    """A text stream for the runner's output: everything goes to a file, what matters to a display.

    Attributes:
        tasks: those of the pipeline that have begun, in order.
        stage: the one that runs; None between two.
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
        self.tasks: list[ExecutedTask] = []
        self.failure: Failure | None = None
        self._file = file.open("w", encoding="utf-8")
        self._partial = ""
        self.stage: RunningStage | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show the block, and what it prints, as a stage besides those of the pipeline."""
        self.stage = RunningStage(name=name, label=name)
        self.display.begin(name)
        try:
            with redirect_stdout(self):
                yield
        except BaseException:
            self._end("failed")
            raise
        self._end(self.stage.seconds())

    def write(self, text: str) -> int:
        """Take in text, which may end within a line."""
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self._read(_ANSI.sub("", line))
        return len(text)

    def say(self, line: str) -> None:
        """Keep and show a line of the run itself."""
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

    def _read(self, line: str) -> None:
        """Keep a whole line, and act on it."""
        print(line, file=self._file, flush=True)
        if match := _STARTED.search(line):
            self._begin(ExecutedTask(match["task"]))
        elif match := _CACHED.search(line):
            self._begin(ExecutedTask(match["task"], match["key"]))
            self._end("cached")
        elif (match := _ENDED.search(line)) and self.stage is not None:
            self._finish(self.stage, match["status"])
        elif self.stage is not None:
            self._read_output(self.stage, line.strip())

    def _begin(self, task: ExecutedTask) -> None:
        self.tasks.append(task)
        name = self.names.get(task.name, task.name)
        self.stage = RunningStage(name=name, label=f"{len(self.tasks)}/{len(self.names)} {name}")
        self.display.begin(self.stage.label)

    def _finish(self, stage: RunningStage, status: str) -> None:
        """Note that a stage has ended.

        Args:
            stage: which one.
            status: the runner's word: SUCCESS or FAILURE.
        """
        if status == "FAILURE":
            self.failure = self.failure or stage.failure()
        self._end(stage.seconds() if status == "SUCCESS" else "failed")

    def _end(self, outcome: str) -> None:
        assert self.stage is not None
        self.display.end(self.stage.label, outcome)
        self.stage = None

    def _read_output(self, stage: RunningStage, line: str) -> None:
        """Show progress; keep any other line for the case that the stage fails.

        Args:
            stage: which printed it.
            line: without the runner's indentation.
        """
        if match := _PROGRESS.match(line):
            detail = match["detail"].replace(" | ", ", ")
            if match["stage"].replace("_", "-") != stage.name:
                detail = f"{detail}, {match['stage']}"
            self.display.update(
                label=stage.label, done=int(match["done"]), total=int(match["total"]), detail=detail
            )
        elif line and not line.startswith("[KFP Executor"):
            stage.lines.append(line)
