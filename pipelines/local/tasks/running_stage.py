"""A stage that runs, and what is kept of it for the case that it fails."""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass, field

_ERROR = re.compile(r"^(error|[\w.]*(Error|Exception|Exit|Interrupt))\b.*: ")


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
class RunningStage:
    """A stage that runs: its name, what displays call it, its last lines.

    Attributes:
        computes: whether it may compile kernels.
        heard: when it printed its last line, in seconds of the monotonic clock.
    """

    name: str
    label: str
    computes: bool
    start: float = field(default_factory=time.monotonic)
    heard: float = field(default_factory=time.monotonic)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=60))

    def seconds(self) -> str:
        """How long it has run so far."""
        return f"{time.monotonic() - self.start:.1f} s"

    def silence(self) -> float:
        """For how many seconds it has printed nothing."""
        return time.monotonic() - self.heard

    def failure(self) -> Failure:
        """It as one that has failed."""
        return Failure(self.name, list(self.lines))
