"""What ranks tell the process that started them, over a socket: what is to be recorded, and how
they end.
"""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from typing import Any

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


@contextmanager
def listening(path: Path, reports: Reports) -> Iterator[None]:
    """Take what ranks tell while the block runs.

    Args:
        path: of the socket, in a folder that nobody else may enter: what comes is unpickled.
        reports: what is told.
    """

    class Handler(StreamRequestHandler):
        """One rank."""

        def handle(self) -> None:
            # It may be killed at any time.
            with suppress(ConnectionError, EOFError, pickle.UnpicklingError):
                while True:
                    method, arguments = pickle.load(self.rfile)
                    getattr(reports, method)(*arguments)
                    self.wfile.write(b"\n")

    with ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


class Reporter:
    """A rank's end of the socket; its calls return when they have been heeded.

    Args:
        path: of the socket.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._lock = threading.Lock()

    def tell(self, method: str, *arguments: Any) -> None:
        """Call a method of `Reports`.

        Args:
            method: its name.
            arguments: can be pickled.
        """
        with self._lock:
            self._socket.sendall(pickle.dumps((method, arguments)))
            if not self._socket.recv(1):
                raise ConnectionError(f"process {os.getppid()} no longer listens to its ranks")


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
