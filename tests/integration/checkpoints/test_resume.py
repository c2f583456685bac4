"""Every training, ended amid an epoch and run again, computes the same as one that was not, to the
bit.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.progress import Progress
from pass_ops.stages.run import run_stage
from tests.integration.checkpoints.trainings import (
    EPOCHS,
    TRAININGS,
    Trainings,
    differences,
    losses,
)
from tests.integration.faults.kills import newest_step

# One of each code; the other classifiers are in the slow tests.
_ONE_OF_EACH = ("pretrain", "train_pixel_attention", "train_classifier_f", "train_segmenter")


@pytest.mark.parametrize(
    "training",
    [
        pytest.param(name, marks=[] if name in _ONE_OF_EACH else pytest.mark.slow)
        for name in TRAININGS
    ],
)
def test_a_training_that_is_ended_and_run_again_computes_the_same(
    trainings: Trainings, training: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(name: str, place: str, minutes: float) -> None:
        monkeypatch.setenv(PLACE, str(tmp_path / place))
        stage, values = trainings.use(training, tmp_path / name, minutes)
        run_stage(stage, **values)

    # With no checkpoint but the last one and those of finished epochs.
    run("whole", "undisturbed", 60)
    ends = {2, 4, 6}
    advance = Progress.advance

    def advance_and_end(self: Progress, images: int, note: str = "") -> None:
        advance(self, images, note)
        # Amid the first epoch, amid the second, and after its last step.
        if self.done // images in ends:
            ends.remove(self.done // images)
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Progress, "advance", advance_and_end)
    for attempt in range(3):
        with pytest.raises(SystemExit) as ended:
            run(f"attempt-{attempt}", "resumed", 0)
        assert ended.value.code == 143
    run("parts", "resumed", 0)
    assert ends == set()
    assert losses(tmp_path / "resumed") == losses(tmp_path / "undisturbed")
    assert len(losses(tmp_path / "resumed")) == EPOCHS
    assert differences(tmp_path / "whole", tmp_path / "parts") == []


def killed(trainings: Trainings, folder: Path) -> Path:
    """The checkpoints of a training that was killed when it had its first one."""
    for attempt in range(9):
        place = folder / str(attempt)
        process = trainings.start(
            training="train_segmenter",
            output=place / "output",
            minutes=0,
            environment={PLACE: str(place / "checkpoints")},
        )
        while process.poll() is None and newest_step(place) == 0:
            time.sleep(0.005)
        process.kill()
        # On a busy machine it may have ended well before that.
        if process.wait() == -signal.SIGKILL:
            return place / "checkpoints"
    raise AssertionError((place / "output" / "log").read_text())


def test_a_training_that_is_killed_goes_on(
    trainings: Trainings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Thirty kills, of all trainings, are in `test_faults`."""
    places = {"parts": killed(trainings, tmp_path), "whole": tmp_path / "undisturbed"}
    for name, place in places.items():
        monkeypatch.setenv(PLACE, str(place))
        stage, values = trainings.use("train_segmenter", tmp_path / name, 0)
        run_stage(stage, **values)
    assert capsys.readouterr().out.count("goes on after step ") == 1
    assert differences(tmp_path / "whole", tmp_path / "parts") == []
