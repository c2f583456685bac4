"""Step 1 in two processes: the same curves as in one, one error, one checkpoint for all."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.representation import PretrainConfig
from pass_ops.data.locate import locate
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.ranks.count import RANKS
from pass_ops.models.weights import load_arrays, load_card
from tests.stages.ranks.stage_run import TOLERANCE, gentle, losses, pretrain, run

pytestmark = pytest.mark.usefixtures("mpirun")


def test_step_1_in_two_processes_is_step_1(
    synthetic_data: Path, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    # A queue in use, more than one resolution of layers, pairs that do not overlap, images told
    # apart from those of all ranks.
    config = dataclasses.replace(
        gentle(tiny_pretrain), contrastive_weight=1, contrastive_temperature=1
    )
    for ranks, name in ((1, "one"), (2, "two")):
        pretrain(ranks=ranks, data=synthetic_data, config=config, output=tmp_path / name)
    names = ("initial", "checkpoints/pretrain-0001", "last")
    first, second = ([tmp_path / run / name for name in names] for run in ("one", "two"))
    initial = [load_arrays(folder[0]) for folder in (first, second)]
    assert all(np.array_equal(initial[0][name], initial[1][name]) for name in initial[0])
    assert losses(*second[1:]) == pytest.approx(losses(*first[1:]), rel=TOLERANCE)
    for one, two in zip(first[1:], second[1:], strict=True):
        expected, metrics = load_card(one).metrics, load_card(two).metrics
        assert metrics == pytest.approx(expected, rel=0.01)
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [
        "checkpoints",
        "dataset.json",
        "initial",
        "last",
    ]


@pytest.mark.slow
def test_an_error_of_the_ranks_is_one_line(
    synthetic_data: Path,
    tiny_pretrain: PretrainConfig,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    rate = dataclasses.replace(tiny_pretrain.optimiser, base_lr=1e30)
    config = dataclasses.replace(tiny_pretrain, optimiser=rate)
    with pytest.raises(SystemExit) as end:
        pretrain(ranks=2, data=synthetic_data, config=config, output=tmp_path / "two")
    assert end.value.code == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("error: pretrain: the loss is ")
    assert line.endswith("lower optimiser.base_lr")
    assert not (tmp_path / "two" / "last").exists()


@pytest.mark.slow
def test_two_processes_go_on_together_after_a_signal(
    synthetic_data: Path, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(tiny_pretrain, epochs=20, checkpoint_every=20)
    pretrain(ranks=2, data=synthetic_data, config=config, output=tmp_path / "whole")
    place, output = tmp_path / "place", tmp_path / "resumed"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv(PLACE, str(place))
        keeps = dataclasses.replace(config, checkpoint_minutes=0)
        output.mkdir()
        pointer = output / "dataset.json"
        locate(str(synthetic_data)).save(pointer)
        values = {
            "dataset": str(pointer),
            "config": dataclasses.asdict(keeps),
            "weights": str(output / "last"),
            "initial_weights": str(output / "initial"),
        }
        script = (
            "import pass_ops.stages; from pass_ops.stages.run import run_stage\n"
            f"run_stage('pretrain', **{values!r})"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, RANKS: "2"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("progress"):
                    process.send_signal(signal.SIGTERM)
                    break
            assert "ended by signal 15 after step" in process.stdout.read()
        assert process.returncode == 128 + signal.SIGTERM
        assert not (output / "last").exists()
        run("pretrain", 2, **values)
    whole, resumed = (load_arrays(tmp_path / name / "last") for name in ("whole", "resumed"))
    assert all(np.array_equal(whole[name], resumed[name]) for name in whole)
