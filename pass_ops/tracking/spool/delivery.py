"""Carrying events from a spool to the MLflow server."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pass_ops.errors import StorageError
from pass_ops.tracking.mlflow_errors import is_refusal
from pass_ops.tracking.mlflow_tracker import MlflowTracker
from pass_ops.tracking.spool.spool import Event, Spool
from pass_ops.tracking.stage_run import StageRun, open_stage_run

# How often the server may refuse an event before it is put aside: MLflow 3.17 refuses one of two
# stages that do the same at once, as by a conflict in its database.
_TRIES = 3


class Delivery:
    """Brings the events of a spool to the server, in order.

    MLflow takes equal metrics, parameters, tags and files twice for once, and the run is known by
    its key: an event that was delivered before its delivery was noted does no harm.

    Args:
        spool: locked by this process.
        late: whether its stage has ended, and left it.
        say: is told in one line what the server refuses.

    Attributes:
        latest: when the last event was delivered, by the monotonic clock.
    """

    def __init__(self, *, spool: Spool, late: bool, say: Callable[[str], None]) -> None:
        self.spool, self._late, self._say = spool, late, say
        self.latest = time.monotonic()
        self._tracker: MlflowTracker | None = None

    @property
    def run_id(self) -> str:
        """Of the stage's run, once the server has it; empty before."""
        return self._tracker.run_id if self._tracker else ""

    def deliver(self) -> None:
        """Deliver what is there.

        Raises:
            StorageError: the server cannot be reached, does not let us in, or does not know the
                pipeline's run: later it may.
        """
        for event in self.spool.pending():
            self._open()
            for attempt in range(_TRIES):
                if self._delivered(event, last=attempt + 1 == _TRIES):
                    break
            self.latest = time.monotonic()

    def end_killed(self) -> None:
        """End the run of a process that is gone and has not said how it ended.

        Raises:
            StorageError: see `deliver`.
        """
        if not any(event["call"] == "end" for event in self.spool.all()):
            self._apply({"run": "own", "call": "end", "arguments": {"status": "KILLED"}})

    def _delivered(self, event: Event, last: bool) -> bool:
        """Whether an event is done with: delivered, or put aside.

        Args:
            event: which one.
            last: whether it is put aside if the server refuses it.
        """
        try:
            self._apply(event)
        except StorageError as error:
            if not is_refusal(error):
                raise
            if not last:
                return False
            self.spool.refuse(event, str(error))
            self._say(f"{error}; the event is kept in {self.spool.folder}")
        except FileNotFoundError as error:
            self.spool.refuse(event, str(error))
        return True

    def _open(self) -> MlflowTracker:
        if self._tracker is None:
            run = StageRun(**self.spool.all()[0]["arguments"])
            self._tracker = open_stage_run(run, self._late)
        return self._tracker

    def _apply(self, event: Event) -> None:
        own = self._open()
        if event["call"] == "open":
            return
        tracker = own if event["run"] == "own" else own.parent
        arguments: dict[str, Any] = dict(event["arguments"])
        if "path" in arguments:
            arguments["path"] = Path(arguments["path"])
        getattr(tracker, event["call"])(**arguments)
