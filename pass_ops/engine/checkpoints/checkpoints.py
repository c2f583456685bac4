"""The checkpoints of one training while it runs: when one is due, and when it has been kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from pass_ops.engine.checkpoints.files import Manifest, checkpoint_name
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.lock import locked
from pass_ops.engine.checkpoints.share import Share
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.checkpoints.store import CheckpointStore
from pass_ops.engine.checkpoints.writer import Writer
from pass_ops.errors import StorageError

# Seconds that the process waits for its last checkpoint: of the 20 that a signal may take.
_LAST = 15.0
_LOCK = "lock"


class Checkpoints:
    """Keeps what a training goes on from, in a folder and, if one is named, below an S3 prefix.

    Use it in a `with` block, which locks the folder, and which waits at its end, however it ends,
    until the last checkpoint has been written.

    Args:
        identity: of the training.
        root: folder of the checkpoints of all trainings.
        remote: S3 prefix of the same; empty for none.
        minutes: most between two checkpoints; 0 for one after every step, as far as they can be
            written so fast.
        stays: whether the folder outlives the training.

    Attributes:
        folder: of the checkpoints, on this machine.
        kept: folder for weights that the training keeps for its outputs.
    """

    def __init__(
        self, *, identity: Identity, root: Path, remote: str, minutes: float, stays: bool
    ) -> None:
        self.identity, self._root, self._remote = identity, root, remote
        self._minutes, self._stays = minutes, stays
        self._store = CheckpointStore(identity=identity, root=root, remote=remote)
        self.folder, self.kept = self._store.folder, self._store.kept
        self._writer = Writer(identity.stage)
        self._in_time = True
        self._before = time.monotonic()
        self._stack = ExitStack()

    def __enter__(self) -> Checkpoints:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stack.enter_context(locked(self.folder / _LOCK, self.identity.stage))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            self._settle()
            if self.folder.is_dir() and {one.name for one in self.folder.iterdir()} <= {_LOCK}:
                self._store.remove(root=not self._stays)

    @property
    def place(self) -> str:
        """Where the checkpoints are, for people."""
        return self._store.place

    @property
    def last(self) -> str:
        """Name of the newest checkpoint, once it is written; empty if there is none."""
        self._settle()
        return self._store.last

    def newest(self) -> tuple[Manifest, Snapshot] | None:
        """The newest checkpoint that is intact; None if there is none.

        Damaged ones are removed, in a line each.

        Raises:
            ConfigError: it is of other settings, data or code, for all that lies where it lies.
            StorageError: the server refuses or cannot be reached.
        """
        return self._store.newest()

    def of_shares(self) -> Iterator[Checkpoints]:
        """Those of the shares of this work, in their order; each is to be used in a `with` block.

        Raises:
            StorageError: the server refuses or cannot be reached.
        """
        for name in sorted(filter(Share.of_folder, self._store.folders())):
            yield Checkpoints(
                identity=replace(self.identity, share=name),
                root=self._root,
                remote=self._remote,
                minutes=self._minutes,
                stays=self._stays,
            )

    def require_kept(self, step: int) -> None:
        """Return once the checkpoint after a step is kept, however long that takes.

        Args:
            step: that `save` was told last.

        Raises:
            StorageError: it could not be.
        """
        self._writer.finish(None)
        if self._store.last_kept != checkpoint_name(step):
            raise StorageError(f"{self.place}: {self.identity.stage} could not keep its work there")

    def due(self) -> bool:
        """Whether it is time for a checkpoint."""
        return self._writer.idle and time.monotonic() - self._before >= 60 * self._minutes

    def save(self, *, epoch: int, step: int, snapshot: Snapshot) -> None:
        """Keep a checkpoint; returns at once.

        One whose arrays are not finite is left out.

        Args:
            epoch, step: finished ones.
            snapshot: the state.
        """
        self._before = time.monotonic()
        manifest = Manifest(
            identity=self.identity,
            epoch=epoch,
            step=step,
            values=snapshot.values,
            arrays="",
            kept={},
        )
        self._writer.put(lambda: self._store.write(manifest, snapshot))

    def finish(self) -> None:
        """Remove what nobody needs any more, since the outputs are written.

        Where a place is named for checkpoints, the last one stays: the outputs may yet be lost on
        their way from the stage to the pipeline.
        """
        if self._settle() and (self._remote or self._stays):
            self._writer.put(self._store.close)
            self._settle()
        if not self._stays:
            self._store.remove(root=True)

    def _settle(self) -> bool:
        """Wait until all is written, but only once in vain; returns whether it is."""
        self._in_time = self._in_time and self._writer.finish(_LAST)
        return self._in_time
