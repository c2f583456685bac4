"""A thread that writes and sends checkpoints while the training goes on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread

from pass_ops.errors import PassError


class Writer:
    """Does one job after the other in a thread of its own, which the first one starts; of those
    that wait, the last.

    So two states are held in memory at most, and no step waits for a disk or a server. One that
    fails is told in a line: a training outlives the place of its checkpoints.

    Args:
        stage: the training's name, for that line.
    """

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._changed = Condition()
        self._waiting: Callable[[], None] | None = None
        self._busy = False
        self._thread: Thread | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is being done and nothing waits."""
        return not self._busy and self._waiting is None

    def put(self, job: Callable[[], None]) -> None:
        """Hand over a job; one that still waits is dropped for it."""
        with self._changed:
            self._waiting = job
            self._changed.notify_all()
            if self._thread is None:
                # A daemon: the process may end although a server does not answer.
                self._thread = Thread(target=self._run, name="checkpoints", daemon=True)
                self._thread.start()

    def finish(self, seconds: float | None) -> bool:
        """Wait until all is done; returns whether it is.

        Args:
            seconds: to wait at most; None for as long as it takes.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self.idle, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting is not None)
                job, self._waiting, self._busy = self._waiting, None, True
            assert job is not None
            try:
                job()
            # Whatever it is: the work is worth more than its checkpoints.
            except Exception as error:
                reason = (
                    error if isinstance(error, PassError) else f"{type(error).__name__}: {error}"
                )
                text = f"no checkpoint was kept: {reason}; work goes on"
                print(f"{self._stage} | {text}", flush=True)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()
