"""The epoch loop, with a training that computes nothing and writes down what it is asked."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest

from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.engine.schedule import learning_rate
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Metrics, Plan, Step, Training, TrainingState
from pass_ops.errors import TrainingError
from pass_ops.tracking.tracker import NullTracker

PLAN = Plan(stage="pretrain", epochs=3, batch_size=4, samples=9)
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

    def backward(self, loss: Loss) -> None:
        assert isinstance(loss, Loss)
        self.log.append("backward")

    def step(self, rate: float) -> None:
        self.log.append("step")
        self.rates.append(rate)


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

    def start_epoch(self, epoch: int) -> Iterable[float]:
        self.log.append(f"epoch {epoch}")
        return self.losses[epoch]

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


def run(toy: Toy, plan: Plan = PLAN) -> tuple[Metrics, Trainer, Optimiser, Tracker]:
    optimiser, tracker = Optimiser(toy.log), Tracker(toy.log)
    trainer = Trainer(plan, optimiser, tracker)
    return trainer.fit(toy), trainer, optimiser, tracker


THREE_EPOCHS = [[4.0, 2.0], [3.0, 1.0], [2.0, 0.5]]


def test_a_step_is_taken_before_its_loss_and_metrics_are_read() -> None:
    toy = Toy(THREE_EPOCHS)
    run(toy)
    step = ["forward", "backward", "adjust", "step", "loss", "metrics"]
    closing = ["evaluate", "track", "end"]
    expected = [[f"epoch {epoch}", *step, *step, *closing] for epoch in range(3)]
    assert toy.log == [call for epoch in expected for call in epoch]


def test_hooks_see_the_0_based_epoch_and_step_and_the_end_counts_both() -> None:
    toy = Toy(THREE_EPOCHS)
    run(toy)
    assert toy.seen[:6] == [
        ("forward", 0, 0),
        ("adjust", 0, 0),
        ("forward", 0, 1),
        ("adjust", 0, 1),
        ("evaluate", 0, 2),
        ("end", 1, 2),
    ]
    assert toy.seen[-1] == ("end", 3, 6)


def test_every_step_has_the_rate_of_the_schedule() -> None:
    _, trainer, optimiser, _ = run(Toy(THREE_EPOCHS))
    expected = [
        learning_rate(step=step, steps_per_epoch=2, epochs=3, config=SCHEDULE) for step in range(6)
    ]
    assert optimiser.rates == expected
    assert trainer.state == TrainingState(epoch=3, step=6, rate=expected[-1])


def test_metrics_are_means_over_the_steps_and_those_of_the_epoch_join_them() -> None:
    toy = Toy(THREE_EPOCHS)
    metrics, _, optimiser, tracker = run(toy)
    first, second = optimiser.rates[:2]
    assert tracker.epochs[0] == (
        0,
        {
            "loss": 3.0,
            "square": 10.0,
            "mean_rate": pytest.approx((first + second) / 2),
            "learning_rate": second,
        },
    )
    assert [step for step, _ in tracker.epochs] == [0, 1, 2]
    assert [epoch for _, epoch in tracker.epochs] == toy.ends
    assert metrics == toy.ends[-1]


def test_a_training_may_end_before_its_last_epoch() -> None:
    toy = Toy(THREE_EPOCHS, finish_after=2)
    metrics, trainer, _, tracker = run(toy)
    assert (trainer.state.epoch, trainer.state.finished) == (2, True)
    assert len(tracker.epochs) == 2
    assert metrics["loss"] == 2.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_ends_the_training_at_once(value: float) -> None:
    toy = Toy([[4.0, 2.0], [value, 1.0], [1.0, 1.0]])
    with pytest.raises(
        TrainingError,
        match=rf"^pretrain: the loss is {value} in epoch 1: lower optimiser\.base_lr$",
    ):
        run(toy)
    assert toy.log[-1] == "loss"
    assert len(toy.ends) == 1


def test_progress_counts_images_and_tells_epoch_and_loss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, trainer, _, _ = run(Toy(THREE_EPOCHS))
    assert (trainer.progress.done, trainer.progress.total) == (24, 24)
    assert trainer.progress.note == "epoch 3/3 loss 0.500"
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("progress | pretrain | 24/24 images")
    assert last.endswith("| epoch 3/3 loss 0.500")


def test_gradients_and_metrics_of_the_epoch_need_no_hook() -> None:
    state = TrainingState()
    Training().adjust_gradients(state)
    assert Training().epoch_metrics(state) == {}
    assert state == TrainingState()
