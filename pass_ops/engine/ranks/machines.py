"""Other machines, on which the ranks of a training run instead of on this one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from pass_ops.engine.ranks.reports import Metrics
from pass_ops.tracking.tracker import Tracker


class Machines(ABC):
    """Machines that share a folder with this one, and what starts processes on them.

    Args:
        ranks: processes that share a training, on all of them together.
        folder: that all of them and this one see under the same path. Nothing else is in it.
    """

    def __init__(self, ranks: int, folder: Path) -> None:
        self.ranks, self.folder = ranks, folder

    @abstractmethod
    def run_ranks(
        self, *, stage: str, module: str, arguments: Sequence[str], tracker: Tracker
    ) -> Metrics:
        """Run a module in all processes, as `engine.ranks.launch.run_ranks` does on this machine.

        Args:
            stage, module, arguments, tracker: see there.
        """


_MACHINES: ContextVar[Machines | None] = ContextVar("machines", default=None)


def current_machines() -> Machines | None:
    """Those that trainings are to run on; None for this one."""
    return _MACHINES.get()


@contextmanager
def training_on(machines: Machines) -> Iterator[None]:
    """Let trainings that begin in the block run on other machines.

    Args:
        machines: these.
    """
    token = _MACHINES.set(machines)
    try:
        yield
    finally:
        _MACHINES.reset(token)
