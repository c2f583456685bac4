"""The epoch loop, with a training that computes nothing and writes down what it is asked."""

from __future__ import annotations

import math
import os
import re
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.schedule import learning_rate
from pass_ops.engine.signals import signals_unwind
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Metrics, Plan, Step, Training, TrainingState
from pass_ops.errors import ArtifactError, TrainingError
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


Run = Callable[[Toy], tuple[Metrics, Trainer, Optimiser, Tracker]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a toy; the checkpoints of all that a test runs lie in one folder."""

    def fit(toy: Toy) -> tuple[Metrics, Trainer, Optimiser, Tracker]:
        optimiser, tracker = Optimiser(toy.log), Tracker(toy.log)
        identity = Identity(stage="pretrain", settings={}, data="data", code="code")
        with Checkpoints(
            identity=identity, root=tmp_path, remote="", minutes=60, stays=True
        ) as checkpoints:
            trainer = Trainer(
                plan=PLAN, optimiser=optimiser, tracker=tracker, checkpoints=checkpoints
            )
            return trainer.fit(toy), trainer, optimiser, tracker

    return fit


def without_wait(epoch: Metrics) -> Metrics:
    """The metrics of an epoch that are the same in every run."""
    return {name: value for name, value in epoch.items() if name != "data_wait"}


THREE_EPOCHS = [[4.0, 2.0], [3.0, 1.0], [2.0, 0.5]]


def test_a_step_is_taken_before_its_loss_and_metrics_are_read(run: Run) -> None:
    toy = Toy(THREE_EPOCHS)
    run(toy)
    step = ["forward", "backward", "adjust", "step", "loss", "metrics"]
    closing = ["evaluate", "track", "end"]
    expected = [[f"epoch {epoch}", *step, *step, *closing] for epoch in range(3)]
    assert toy.log == [call for epoch in expected for call in epoch]


def test_hooks_see_the_0_based_epoch_and_step_and_the_end_counts_both(run: Run) -> None:
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


def test_every_step_has_the_rate_of_the_schedule(run: Run) -> None:
    _, trainer, optimiser, _ = run(Toy(THREE_EPOCHS))
    expected = [
        learning_rate(step=step, steps_per_epoch=2, epochs=3, config=SCHEDULE) for step in range(6)
    ]
    assert optimiser.rates == expected
    assert trainer.state == TrainingState(epoch=3, step=6, rate=expected[-1])


def test_metrics_are_means_over_the_steps_and_those_of_the_epoch_join_them(run: Run) -> None:
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
            "data_wait": pytest.approx(0.5, abs=0.5),
        },
    )
    assert [step for step, _ in tracker.epochs] == [0, 1, 2]
    assert [without_wait(epoch) for _, epoch in tracker.epochs] == toy.ends
    assert metrics == toy.ends[-1]


def test_a_training_may_end_before_its_last_epoch(run: Run) -> None:
    toy = Toy(THREE_EPOCHS, finish_after=2)
    metrics, trainer, _, tracker = run(toy)
    assert (trainer.state.epoch, trainer.state.finished) == (2, True)
    assert len(tracker.epochs) == 2
    assert metrics["loss"] == 2.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_ends_the_training_at_once(run: Run, value: float) -> None:
    toy = Toy([[4.0, 2.0], [value, 1.0], [1.0, 1.0]])
    with pytest.raises(
        TrainingError,
        match=rf"^pretrain: the loss is {value} in step 3, epoch 2: lower optimiser\.base_lr; "
        r"the last good checkpoint, step-0000000002, stays in /",
    ):
        run(toy)
    assert toy.log[-1] == "loss"
    assert len(toy.ends) == 1


def test_a_training_goes_on_after_the_last_good_checkpoint(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TrainingError):
        run(Toy([[4.0, 2.0], [3.0, 1.0], [math.nan, 1.0]]))
    toy = Toy(THREE_EPOCHS)
    capsys.readouterr()
    metrics, trainer, optimiser, tracker = run(toy)
    first, second, *steps = capsys.readouterr().out.splitlines()
    assert first.startswith("pretrain | goes on after step 4, 2 of 3 epochs finished, from /")
    assert second.startswith("progress | pretrain | 20/24 images")
    assert "epoch 3/3" in second
    assert steps[-1].startswith("progress | pretrain | 24/24 images")
    assert toy.restored.values == {"ends": 2}
    assert [step for name, _, step in toy.seen if name == "forward"] == [4, 5]
    assert len(optimiser.rates) == 2
    assert trainer.state == TrainingState(epoch=3, step=6, rate=optimiser.rates[-1])
    # The tracker's new run gets the epochs before as well.
    assert [metrics["loss"] for _, metrics in tracker.epochs] == [3.0, 2.0, 1.25]
    assert metrics == without_wait(tracker.epochs[-1][1])


def test_a_finished_training_takes_no_step_again(run: Run) -> None:
    done, *_ = run(Toy(THREE_EPOCHS, finish_after=2))
    toy = Toy(THREE_EPOCHS)
    again, _, optimiser, _ = run(toy)
    assert again == done
    assert optimiser.rates == []


def test_a_checkpoint_of_something_else_is_refused(run: Run, tmp_path: Path) -> None:
    identity = Identity(stage="pretrain", settings={}, data="data", code="code")
    with Checkpoints(
        identity=identity, root=tmp_path, remote="", minutes=60, stays=True
    ) as checkpoints:
        checkpoints.save(epoch=1, step=2, loss=None, snapshot=Snapshot(values={"steps": []}))
    with pytest.raises(ArtifactError, match=r"is of something else \(KeyError: .*\); remove it$"):
        run(Toy(THREE_EPOCHS))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_step_and_leaves_a_checkpoint_of_it(
    run: Run, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    class Signalled(Toy):
        def forward(self, batch: float, state: TrainingState) -> Step:
            if state.step == 2:
                signal.raise_signal(number)
            return super().forward(batch, state)

    toy = Signalled(THREE_EPOCHS)
    with signals_unwind(), pytest.raises(SystemExit) as ended:
        run(toy)
    assert ended.value.code == 128 + number
    assert toy.log[-1] == "metrics"
    told = f"pretrain | ended by signal {int(number)} after step 3; step-0000000003 is in /"
    assert told in capsys.readouterr().out
    toy = Toy(THREE_EPOCHS)
    _, _, _, tracker = run(toy)
    assert [step for name, _, step in toy.seen if name == "forward"] == [3, 4, 5]
    assert [metrics["loss"] for _, metrics in tracker.epochs] == [3.0, 2.0, 1.25]


def test_progress_counts_images_and_tells_epoch_and_loss(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    _, trainer, _, _ = run(Toy(THREE_EPOCHS))
    assert (trainer.progress.done, trainer.progress.total) == (24, 24)
    assert re.fullmatch(r"epoch 3/3 loss 0\.500, data wait \d+%", trainer.progress.note)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("progress | pretrain | 24/24 images")
    assert last.endswith(f"| {trainer.progress.note}")


def test_a_signal_leaves_a_checkpoint_also_when_nobody_reads_what_is_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Signalled(Toy):
        def forward(self, batch: float, state: TrainingState) -> Step:
            if state.step == 2:
                reader.close()
                signal.raise_signal(signal.SIGTERM)
            return super().forward(batch, state)

    read, write = os.pipe()
    reader = os.fdopen(read)
    monkeypatch.setattr("sys.stdout", os.fdopen(write, "w", closefd=False))
    with signals_unwind(), pytest.raises(SystemExit) as ended:
        run(Signalled(THREE_EPOCHS))
    monkeypatch.undo()
    os.close(write)
    assert ended.value.code == 143
    toy = Toy(THREE_EPOCHS)
    run(toy)
    assert [step for name, _, step in toy.seen if name == "forward"] == [3, 4, 5]


def test_gradients_and_metrics_of_the_epoch_need_no_hook() -> None:
    state, toy = TrainingState(), Toy(THREE_EPOCHS)
    Training.adjust_gradients(toy, state)
    assert Training.epoch_metrics(toy, state) == {}
    assert (state, toy.log) == (TrainingState(), [])


def test_the_other_hooks_must_be_there() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Training()
