"""Where a training goes on that has ended before: after an error, a signal, or its last step."""

from __future__ import annotations

import math
import os
import signal
from pathlib import Path

import pytest

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.signals import signals_unwind
from pass_ops.engine.training import TrainingState
from pass_ops.errors import ArtifactError, TrainingError
from tests.engine.trainer.toy_training import THREE_EPOCHS, Run, Signalled, Toy, without_wait


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
        checkpoints.save(epoch=1, step=2, snapshot=Snapshot(values={"steps": []}))
    with pytest.raises(ArtifactError, match=r"is of something else \(KeyError: .*\); remove it$"):
        run(Toy(THREE_EPOCHS))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_step_and_leaves_a_checkpoint_of_it(
    run: Run, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    toy = Signalled(lambda: signal.raise_signal(number))
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


def test_a_signal_leaves_a_checkpoint_also_when_nobody_reads_what_is_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_and_end() -> None:
        reader.close()
        signal.raise_signal(signal.SIGTERM)

    read, write = os.pipe()
    reader = os.fdopen(read)
    monkeypatch.setattr("sys.stdout", os.fdopen(write, "w", closefd=False))
    with signals_unwind(), pytest.raises(SystemExit) as ended:
        run(Signalled(close_and_end))
    monkeypatch.undo()
    os.close(write)
    assert ended.value.code == 143
    toy = Toy(THREE_EPOCHS)
    run(toy)
    assert [step for name, _, step in toy.seen if name == "forward"] == [3, 4, 5]
