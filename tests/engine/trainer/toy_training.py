"""A training that computes nothing and writes down what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Metrics, Plan, Step, Training, TrainingState
from pass_ops.tracking.tracker import NullTracker

PLAN = Plan(stage="pretrain", seed=31, epochs=3, batch_size=4, samples=9, checkpoint_every=1)
SCHEDULE = OptimiserConfig(base_lr=0.6, final_lr=0.0006, warmup_epochs=1, start_warmup=0.1)


class Loss:
    """Stands for a variable of Jittor: its value is computed when it is asked for."""

    def __init__(self, value: float, log: list[str]) -> None:
        self.value, self.log = value, log

    def item(self) -> float:
        self.log.append("loss")
        return self.value


class Optimiser:
    """Writes down when it is used and at which learning rates."""

    config = SCHEDULE

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.rates: list[float] = []

    def backward(self, loss: Loss, more: bool) -> None:
        assert isinstance(loss, Loss)
        assert not more
        self.log.append("backward")

    def step(self, rate: float) -> None:
        self.log.append("step")
        self.rates.append(rate)

    def state(self) -> tuple[dict[str, np.ndarray], int]:
        return {"values.0": np.float32([len(self.rates)])}, len(self.rates)

    def restore(self, arrays: dict[str, np.ndarray], steps: int) -> None:
        assert arrays["values.0"] == steps


class Tracker(NullTracker):
    """Keeps every epoch's metrics."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.epochs: list[tuple[int, Metrics]] = []

    def metrics(self, metrics: Metrics, step: int = 0) -> None:
        self.log.append("track")
        self.epochs.append((step, dict(metrics)))


class Toy(Training[float]):
    """Batches are their losses; `finish_after` ends the training early."""

    def __init__(self, losses: list[list[float]], finish_after: int = 99) -> None:
        self.losses, self.finish_after = losses, finish_after
        self.log: list[str] = []
        self.seen: list[tuple[str, int, int]] = []
        self.ends: list[Metrics] = []

    def start_epoch(self, epoch: int, first: int) -> Iterable[float]:
        self.log.append(f"epoch {epoch}")
        return self.losses[epoch][first:]

    def forward(self, batch: float, state: TrainingState) -> Step:
        self.log.append("forward")
        self.seen.append(("forward", state.epoch, state.step))
        rate = state.rate
        return Step(loss=Loss(batch, self.log), metrics=lambda: self._measure(batch, rate))

    def _measure(self, batch: float, rate: float) -> Metrics:
        self.log.append("metrics")
        return {"square": batch**2, "mean_rate": rate}

    def adjust_gradients(self, state: TrainingState) -> None:
        self.log.append("adjust")
        self.seen.append(("adjust", state.epoch, state.step))

    def epoch_metrics(self, state: TrainingState) -> Metrics:
        self.log.append("evaluate")
        self.seen.append(("evaluate", state.epoch, state.step))
        return {"learning_rate": state.rate}

    def end_epoch(self, state: TrainingState, metrics: Metrics) -> None:
        self.log.append("end")
        self.seen.append(("end", state.epoch, state.step))
        self.ends.append(dict(metrics))
        state.finished = state.epoch >= self.finish_after

    def snapshot(self) -> Snapshot:
        return Snapshot(arrays={"weight": np.float32([1])}, values={"ends": len(self.ends)})

    def restore(self, snapshot: Snapshot) -> None:
        self.restored = snapshot


THREE_EPOCHS = [[4.0, 2.0], [3.0, 1.0], [2.0, 0.5]]


class Signalled(Toy):
    """Does something in its third step."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(THREE_EPOCHS)
        self.act = act

    def forward(self, batch: float, state: TrainingState) -> Step:
        if state.step == 2:
            self.act()
        return super().forward(batch, state)


Run = Callable[[Toy], tuple[Metrics, Trainer, Optimiser, Tracker]]


def without_wait(epoch: Metrics) -> Metrics:
    """The metrics of an epoch that are the same in every run."""
    return {name: value for name, value in epoch.items() if name != "data_wait"}
