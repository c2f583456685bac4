"""What a training says of itself: its length, its batches, the loss of one, the end of an epoch.

`engine.trainer` has the loop that reads it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.jittor import jt
from pass_ops.errors import TrainingError

Batch = TypeVar("Batch")
Metrics = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Length of a training, and what its random numbers are made of.

    Attributes:
        stage: the training's name in progress lines and errors.
        seed: of the random numbers that steps draw.
        epochs: most passes over the samples.
        batch_size: samples of a step, over all ranks.
        samples: how many an epoch draws from; the last incomplete batch is dropped.
        checkpoint_every: epochs between checkpoints.
        noun: what an error calls the samples.

    Raises:
        TrainingError: not one batch is full.
    """

    stage: str
    seed: int
    epochs: int
    batch_size: int
    samples: int
    checkpoint_every: int
    noun: str = "images"

    def __post_init__(self) -> None:
        if self.steps == 0:
            raise TrainingError(
                f"{self.stage}: {self.samples} {self.noun} do not fill a batch of "
                f"{self.batch_size}: lower its batch_size"
            )

    @property
    def steps(self) -> int:
        """Optimiser steps of an epoch."""
        return self.samples // self.batch_size


@dataclass(kw_only=True)
class TrainingState:
    """How far a training has come.

    Attributes:
        epoch: finished epochs, so the 0-based number of the running one.
        step: optimiser steps taken, over all epochs.
        rate: learning rate of the latest step.
        finished: no epoch follows, although the plan may have more.
    """

    epoch: int = 0
    step: int = 0
    rate: float = 0.0
    finished: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """Forward pass of one batch.

    Attributes:
        loss: what to minimise.
        metrics: read after the optimiser's step; averaged over the epoch, beside the loss.
    """

    loss: jt.Var
    metrics: Callable[[], Metrics]


class Training(ABC, Generic[Batch]):
    """What one training does; `Trainer` calls the first five in the order in which they stand."""

    @abstractmethod
    def start_epoch(self, epoch: int, first: int) -> Iterable[Batch]:
        """Make ready for an epoch and give its batches.

        Args:
            epoch: 0-based.
            first: steps of it that a checkpoint has behind it; their batches are left out.
        """

    @abstractmethod
    def forward(self, batch: Batch, state: TrainingState) -> Step:
        """Compute the loss of a batch.

        Args:
            batch: of those that `start_epoch` gave.
            state: with the number of this step and its learning rate.
        """

    def parts(self, batch: Batch, count: int) -> list[tuple[Batch, float]]:  # noqa: ARG002
        """A batch in equal parts, and the weights by which the batch's loss is the sum of theirs;
        by default the whole batch, as most settings allow of no others.

        Args:
            batch: of those that `start_epoch` gave.
            count: of parts, of which the batch's rows are a multiple.
        """
        return [(batch, 1.0)]

    def adjust_gradients(self, state: TrainingState) -> None:
        """Change gradients between backward pass and step; most trainings leave them alone."""

    def epoch_metrics(self, state: TrainingState) -> Metrics:  # noqa: ARG002
        """Metrics of the whole epoch, beside the means of its steps'; none by default."""
        return {}

    @abstractmethod
    def end_epoch(self, state: TrainingState, metrics: Metrics) -> None:
        """Keep weights, sound an alarm, or set `state.finished`.

        Args:
            state: whose `epoch` counts the one that has just ended.
            metrics: of this epoch, as the tracker got them.
        """

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """All that the next step depends on, but for the optimiser and `TrainingState`."""

    @abstractmethod
    def restore(self, snapshot: Snapshot) -> None:
        """Go on from what `snapshot` gave, before `start_epoch` is called."""
