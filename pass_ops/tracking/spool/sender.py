"""The thread that delivers a stage's events while the stage works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from pass_ops.errors import StorageError
from pass_ops.tracking.spool.delivery import Delivery
from pass_ops.tracking.spool.replay import replay
from pass_ops.tracking.spool.spool import Spool

# Seconds between two attempts to reach a server: at first, at most.
_FIRST, _LONGEST = 1.0, 30.0
# Seconds that a stage that has ended waits for a server that was away before.
_AWAY = 5.0


class Sender(threading.Thread):
    """Delivers the events of a spool, in order, as they come, and once what earlier stages left.

    Args:
        spool: of the stage.
        leftovers: folder of the spools of all stages.
        say: is told what a person should know.
    """

    def __init__(self, spool: Spool, leftovers: Path, say: Callable[[str], None]) -> None:
        super().__init__(name="MLflow", daemon=True)
        self._spool, self._leftovers, self._say = spool, leftovers, say
        self._delivery = Delivery(spool=spool, late=False, say=say)
        self._changed = threading.Condition()
        self._waiting = 0
        self._ending = self._given_up = False
        self._behind = True
        self._error = ""

    def notify(self) -> None:
        """Say that an event was appended."""
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()

    def finish(self, seconds: float) -> str:
        """Wait until the server has every event, and end.

        Args:
            seconds: after which, without an event that is delivered, it is not waited any more;
                less if the server was away before.

        Returns:
            empty, or what keeps the server from having them.
        """
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        end = time.monotonic()
        while self.is_alive():
            self.join(0.05)
            # Away before, or now.
            limit = min(seconds, _AWAY) if self._error else seconds
            if time.monotonic() - max(end, self._delivery.latest) > limit:
                break
        else:
            return self._error
        with self._changed:
            self._given_up = True
            self._changed.notify_all()
        self.join(0.5)
        return self._error or f"MLflow has not answered for {seconds:.0f} s"

    def run_id(self, seconds: float) -> str:
        """Of the stage's run; empty if the server has made none within so many seconds."""
        end = time.monotonic() + seconds
        while not self._delivery.run_id and self.is_alive() and time.monotonic() < end:
            time.sleep(0.02)
        return self._delivery.run_id

    def run(self) -> None:
        """Deliver until the stage has ended, and all is delivered or the server is away."""
        try:
            self._run()
        except Exception as error:  # A defect of ours must not hide in a thread.
            self._error = f"what is recorded does not reach MLflow: {type(error).__name__}: {error}"
            self._say(self._error)

    def _run(self) -> None:
        pause = _FIRST
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ending)
                ending, count = self._ending, self._waiting
            try:
                self._delivery.deliver()
                if self._behind:
                    replay(self._leftovers, self._say)
            except StorageError as error:
                self._tell(str(error))
                self._rest(_FIRST if ending else pause, ending)
                if self._given_up:
                    self._spool.close()
                    return
                pause = min(2 * pause, _LONGEST)
                continue
            pause = _FIRST
            if self._error:
                self._say("MLflow is there again, and has what was recorded")
            self._behind, self._error = False, ""
            with self._changed:
                self._waiting -= count
                if ending and not self._waiting:
                    return

    def _rest(self, seconds: float, ending: bool) -> None:
        """Wait before the next attempt, at most until something changes.

        Args:
            seconds: how long.
            ending: whether the stage has ended already.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._given_up or self._ending is not ending, timeout=seconds
            )

    def _tell(self, error: str) -> None:
        """Say once that the server is away."""
        if not self._error:
            self._say(f"{error}; what is recorded is kept in {self._spool.folder}")
        self._behind, self._error = True, error
