"""What a run's first task prints."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pass_ops.config.resolve import resolve
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.planning.first_task import print_plan


def resolved(data: Path, model: str) -> SimpleNamespace:
    """The settings of a run of `smoke`, as the task has them."""
    settings = resolve(profile="smoke", overrides={}, seed=31, compat="fixed")
    return SimpleNamespace(
        data_uri=str(data), model_uri=model, run={"mask_backend": "classical"}, **settings
    )


def test_a_training_is_planned_and_an_evaluation_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_synthetic(tmp_path / "set", per_class=(3, 2, 1))
    print_plan(resolved(tmp_path / "set", ""), "")
    output = capsys.readouterr().out
    (row,) = [line.split() for line in output.splitlines() if line.startswith("pretrain ")]
    assert row[1] == "18"
    assert "hours from start to end" in output
    assert " shards " not in output
    print_plan(resolved(tmp_path / "set", ""), "apply_crf=3/1")
    output = capsys.readouterr().out
    (row,) = [line.split() for line in output.splitlines() if line.startswith("apply_crf shards")]
    assert row[2:4] == ["36", "3"]
    print_plan(resolved(tmp_path / "set", "models:/pass/1"), "")
    assert capsys.readouterr().out == ""
