"""What ranks tell the process that started them: what is to be recorded, and how they end."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pass_ops.engine.ranks.contact import connected
from pass_ops.errors import KilledError
from pass_ops.tracking.tracker import NullTracker, Tracker

Metrics = Mapping[str, float]


@dataclass(kw_only=True)
class Reports:
    """What ranks have told so far.

    Attributes:
        tracker: records what the first rank records.
        first: process number of the first rank; 0 as long as it is not known.
        metrics: what the first rank's stage returned; None as long as it has not.
        errors: what ended ranks, the first one first.
    """

    tracker: Tracker
    first: int = 0
    metrics: Metrics | None = None
    errors: list[Exception] = field(default_factory=list)

    def started(self, process: int) -> None:
        """Learn which process the first rank is.

        Args:
            process: its number.
        """
        self.first = process

    def finished(self, metrics: Metrics) -> None:
        """Take what the first rank's stage has returned.

        Args:
            metrics: of the stage.
        """
        self.metrics = metrics

    def failed(self, error: Exception) -> None:
        """Take what has ended a rank.

        Args:
            error: as it was raised.
        """
        self.errors.append(error)

    def record(self, method: str, arguments: tuple[Any, ...]) -> None:
        """Call a method of the tracker.

        Args:
            method: its name.
            arguments: of the call.
        """
        getattr(self.tracker, method)(*arguments)

    def outcome(self, ended_well: bool, otherwise: str) -> Metrics:
        """What ranks that have all ended leave.

        Args:
            ended_well: whether all have, as those who started them saw it.
            otherwise: what happened where they have not, and none has told.

        Returns:
            what the first one's stage returned.

        Raises:
            PassError, RuntimeError: what the first rank that failed has raised.
            KilledError: one has ended without a word.
        """
        if self.errors:
            raise self.errors[0]
        if not ended_well or self.metrics is None:
            raise KilledError(otherwise)
        return self.metrics


class Reporter:
    """A rank's end of a connection; its calls return when they have been heeded.

    Args:
        contact: file by which the other end is found, see `engine.ranks.contact`.

    Raises:
        ConnectionError: nobody listens.
    """

    def __init__(self, contact: Path) -> None:
        self._connection = connected(contact)
        self._lock = threading.Lock()

    def tell(self, method: str, *arguments: Any) -> None:
        """Call a method of `Reports`.

        Args:
            method: its name.
            arguments: can be pickled.

        Raises:
            ConnectionError, EOFError: nobody listens any more.
        """
        with self._lock:
            self._connection.send((method, arguments))
            self._connection.recv()

    def wait_for_end(self) -> None:
        """Return when nobody listens any more; nothing else may be told by then."""
        with suppress(ConnectionError, EOFError):
            self._connection.recv()


class ReportedTracker(NullTracker):
    """Records what trainings do in the process that started the ranks.

    Args:
        reporter: of the first rank.
    """

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Have the metrics of a step recorded."""
        self._reporter.tell("record", "metrics", (dict(metrics), step))

    def file(self, path: Path, folder: str, name: str = "") -> None:
        """Have what lies at a path kept in a folder of the run, under a name."""
        self._reporter.tell("record", "file", (path, folder, name))

    def tag(self, name: str, value: str) -> None:
        """Have the tag of a name set to a value."""
        self._reporter.tell("record", "tag", (name, value))
