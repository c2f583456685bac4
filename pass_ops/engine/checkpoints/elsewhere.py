"""The checkpoints of ranks beside the first, which keeps them for all."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.files import Manifest
from pass_ops.engine.checkpoints.snapshot import Snapshot


class CheckpointsElsewhere(Checkpoints):
    """Keeps nothing, and has nothing to go on from.

    Args:
        root: folder in which the first rank has them.
    """

    def __init__(self, root: Path) -> None:
        self.kept = root

    def __enter__(self) -> CheckpointsElsewhere:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    @property
    def place(self) -> str:
        """Nowhere."""
        return ""

    @property
    def last(self) -> str:
        """None."""
        return ""

    def newest(self) -> tuple[Manifest, Snapshot] | None:
        """None: the first rank shares its own."""
        return None

    def due(self) -> bool:
        """Never."""
        return False

    def save(self, *, epoch: int, step: int, snapshot: Snapshot) -> None:
        """Leave epoch, step and snapshot to the first rank."""

    def finish(self) -> None:
        """Does nothing."""
