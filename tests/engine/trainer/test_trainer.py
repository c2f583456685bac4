"""The epoch loop: what it asks of a training, when, and what it makes of the answers."""

from __future__ import annotations

import math
import re

import pytest

from pass_ops.engine.schedule import learning_rate
from pass_ops.engine.training import Training, TrainingState
from pass_ops.errors import TrainingError
from tests.engine.trainer.toy_training import SCHEDULE, THREE_EPOCHS, Run, Toy, without_wait


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


def test_progress_counts_images_and_tells_epoch_and_loss(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    _, trainer, _, _ = run(Toy(THREE_EPOCHS))
    assert (trainer.progress.done, trainer.progress.total) == (24, 24)
    assert re.fullmatch(r"epoch 3/3 loss 0\.500, data wait \d+%", trainer.progress.note)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("progress | pretrain | 24/24 images")
    assert last.endswith(f"| {trainer.progress.note}")


def test_gradients_and_metrics_of_the_epoch_need_no_hook() -> None:
    state, toy = TrainingState(), Toy(THREE_EPOCHS)
    Training.adjust_gradients(toy, state)
    assert Training.epoch_metrics(toy, state) == {}
    assert (state, toy.log) == (TrainingState(), [])


def test_the_other_hooks_must_be_there() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Training()
