"""A tracker that appends to a spool, whatever the server does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from pass_ops.errors import StorageError
from pass_ops.tracking.mlflow_tracker import now
from pass_ops.tracking.spool.sender import Sender
from pass_ops.tracking.spool.spool import Spool

_OWN, _PARENT = "own", "parent"
# Seconds that a run's id is waited for.
_START = 120.0


class SpooledTracker:
    """Records events of a stage's run, or of its pipeline's, as `Tracker` describes.

    Args:
        spool: of the stage.
        sender: that delivers it.
        say: is told what could not be kept.
    """

    def __init__(self, spool: Spool, sender: Sender, say: Callable[[str], None]) -> None:
        self._spool, self._sender, self._say = spool, sender, say
        self._run, self._lock = _OWN, threading.Lock()

    @property
    def parent(self) -> SpooledTracker:
        parent = SpooledTracker(self._spool, self._sender, self._say)
        parent._run, parent._lock = _PARENT, self._lock
        return parent

    @property
    def run_id(self) -> str:
        """Of the stage's run, which is waited for.

        Raises:
            StorageError: the server has not made it.
        """
        run_id = self._sender.run_id(_START)
        if not run_id:
            raise StorageError(
                "MLflow has not made a run: check MLFLOW_TRACKING_URI and the server's log"
            )
        return run_id

    def params(self, params: Mapping[str, object]) -> None:
        self.record("params", params=params)

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        self.record("metrics", metrics=metrics, step=step, time=now())

    def file(self, path: Path, folder: str, name: str = "") -> None:
        if copy := self._kept(path):
            self.record("file", path=copy, folder=folder, name=name or path.name)

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None:
        if copy := self._kept(path):
            self.record("register", path=copy, name=name, tags=tags)

    def tag(self, name: str, value: str) -> None:
        self.record("tag", name=name, value=value)

    def dataset(self, *, name: str, digest: str, source: str) -> None:
        self.record("dataset", name=name, digest=digest, source=source)

    def title(self, name: str, note: str) -> None:
        self.record("title", name=name, note=note)

    def finish(self) -> None:
        self.record("finish")

    def end(self, status: str) -> None:
        """End the stage's run: FINISHED, FAILED or KILLED."""
        self.record("end", status=status, time=now())

    def end_children(self, status: str) -> None:
        """Give `status` to the open runs nested in this one: their processes were killed."""
        self.record("end_children", status=status)

    def record(self, call: str, **arguments: object) -> None:
        """Append an event: a method of `MlflowTracker`, and its arguments."""
        try:
            with self._lock:
                self._spool.append({"run": self._run, "call": call, "arguments": arguments})
        except OSError as error:
            self._say(f"{call} is not recorded in MLflow: {error.strerror}")
        self._sender.notify()

    def _kept(self, path: Path) -> Path | None:
        """A copy of a file or folder for the server; None, in a line, if there is no room."""
        try:
            with self._lock:
                return self._spool.keep(path)
        except OSError as error:
            self._say(f"{path} is not recorded in MLflow: {error.strerror}")
            return None
