"""What a training goes on from: how its state is kept, restored, and left at a signal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any, Generic

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.snapshot import Snapshot, prefixed, under
from pass_ops.engine.jittor import jt
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.ranks.collectives import from_first
from pass_ops.engine.ranks.world import is_first, size
from pass_ops.engine.training import Batch, Metrics, Training, TrainingState
from pass_ops.errors import ArtifactError

_TRAINING, _OPTIMISER = "training.", "optimiser."


class Resumable(Generic[Batch]):
    """A training with all that its next step depends on.

    Args:
        training: what it does.
        optimiser: of the network's parameters.
        checkpoints: in their `with` block.

    Attributes:
        state: how far it has come.
        steps: metrics of the running epoch's steps.
        epochs: metrics of all epochs before.
    """

    def __init__(
        self, training: Training[Batch], optimiser: Optimiser, checkpoints: Checkpoints
    ) -> None:
        self.training, self.optimiser, self.checkpoints = training, optimiser, checkpoints
        self.state = TrainingState()
        self.steps: list[Metrics] = []
        self.epochs: list[Metrics] = []

    def keep(self) -> None:
        """Keep a checkpoint."""
        if is_first():
            self.checkpoints.save(
                epoch=self.state.epoch, step=self.state.step, snapshot=self._snapshot()
            )

    def leave(self, stage: str, number: int) -> None:
        """End for a signal: keep a checkpoint, and raise SystemExit.

        Args:
            stage: the training's name.
            number: of the signal.
        """
        self.keep()
        last = self.checkpoints.last
        # Whoever reads what is printed may be gone by now.
        with suppress(BrokenPipeError):
            print(
                f"{stage} | ended by signal {number} after step {self.state.step}; "
                f"{last or 'no checkpoint'} is in {self.checkpoints.place}",
                flush=True,
            )
        raise SystemExit(128 + number)

    def resume(self) -> bool:
        """Go on from the newest checkpoint, on all ranks; returns whether this one has found any.

        Raises:
            ArtifactError: it is of something else.
        """
        checkpoint = self.checkpoints.newest()
        # Jittor draws initial weights when they are first asked for: now, before steps are seeded.
        jt.sync_all()
        snapshot = checkpoint[1] if checkpoint else None
        if size() > 1:
            # All ranks start as the first one does, from a checkpoint or not.
            snapshot = from_first(snapshot or self._snapshot())
        if snapshot is not None:
            try:
                self._restore(snapshot)
            # Its digests are right, but no training has written it.
            except (LookupError, TypeError, ValueError) as error:
                raise ArtifactError(
                    f"{self.checkpoints.place}: the newest checkpoint is of something else "
                    f"({type(error).__name__}: {error}); remove it"
                ) from error
        return checkpoint is not None

    def _snapshot(self) -> Snapshot:
        inner = self.training.snapshot()
        arrays, steps = self.optimiser.state()
        values = {
            "state": asdict(self.state),
            "steps": list(self.steps),
            "epochs": list(self.epochs),
            "optimiser": steps,
            "training": inner.values,
        }
        return Snapshot(
            arrays=prefixed(_TRAINING, inner.arrays) | prefixed(_OPTIMISER, arrays),
            values=values,
            folders=inner.folders,
        )

    def _restore(self, snapshot: Snapshot) -> None:
        values: dict[str, Any] = snapshot.values
        self.training.restore(
            Snapshot(
                arrays=under(_TRAINING, snapshot.arrays),
                values=values["training"],
                folders=snapshot.folders,
            )
        )
        self.optimiser.restore(under(_OPTIMISER, snapshot.arrays), values["optimiser"])
        self.state = TrainingState(**values["state"])
        self.steps, self.epochs = values["steps"], values["epochs"]
