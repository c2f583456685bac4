"""`pass-ops plan`: what a run will take."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.data.synthetic.dataset import write_synthetic
from tests.commands.invocation import run


def last_row(output: str) -> list[str]:
    """The cells of the row of all stages."""
    (row,) = [line.split() for line in output.splitlines() if line.startswith("all ")]
    return row


def test_a_profile_of_the_paper_needs_nothing_else() -> None:
    status, output, _ = run("plan", "imagenet-s50", "--gpus", 8, "--price", 12)
    assert status == 0
    _, hours, cost, *_ = last_row(output)
    assert float(cost) == pytest.approx(12 * float(hours), abs=1)
    assert "hours from start to end" in output


def test_more_images_and_fewer_epochs_are_planned_for() -> None:
    rows = [
        last_row(run("plan", "imagenet-s50", *more)[1])
        for more in ((), ("--images", 644_310), ("--set", "pretrain.epochs=10"))
    ]
    hours = [float(row[1]) for row in rows]
    assert hours[2] < hours[0] < hours[1]


def test_a_set_s_own_images_are_counted(tmp_path: Path) -> None:
    write_synthetic(tmp_path / "set", per_class=(3, 2, 1))
    output = run("plan", "smoke", "--data", tmp_path / "set")[1]
    (pretrain,) = [line.split() for line in output.splitlines() if line.startswith("pretrain ")]
    assert pretrain[1] == "18"


def test_shards_are_those_of_make_compile() -> None:
    status, output, _ = run("plan", "imagenet-s50", "--shards", "predict_split=8/4 apply_crf=2")
    assert status == 0
    pods = [line.split()[3] for line in output.splitlines() if " shards " in line]
    assert pods == ["2", "8", "8"]
    status, _, error = run("plan", "imagenet-s50", "--shards", "pretrain=8")
    assert status != 0
    assert "shards pretrain=8: pretrain is none of " in error


def test_an_unknown_back_end_is_refused() -> None:
    status, _, error = run("plan", "imagenet-s50", "--masks", "clasical")
    assert status != 0
    assert "'clasical' is not one of 'classical', 'sam', 'onnx'" in error


def test_a_profile_for_no_known_set_wants_one() -> None:
    status, _, error = run("plan", "smoke")
    assert status != 0
    assert "smoke is for no set of known size: name one with --data" in error


@pytest.mark.parametrize("profile", ["imagenet-s50", "imagenet-s300", "imagenet-s919"])
def test_the_table_fits_a_terminal(profile: str) -> None:
    output = run("plan", profile, "--price", 98, "--masks", "sam")[1]
    rows = output[: output.index("hours from start to end")].splitlines()[:-1]
    assert len(rows) > 40
    assert max(map(len, rows)) <= 80
