"""The command line as a whole: its help, and what counts as wrong usage."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.config.resolve import resolve
from pass_ops.versions import git_commit
from tests.commands.invocation import SMOKE, run

# Commands of stages that the graph uses once, and more than once: by what option.
ONCE = (
    *("pretrain", "train-pixel-attention", "diagnose", "choose-clusters", "cluster"),
    "cluster-aligned",
    *("make-coarse-labels", "apply-crf", "make-regions", "refine-labels"),
    *("cluster-selected", "diagnose-labels", "search-threshold"),
    *(
        "complete-predictions",
        "evaluate-validation",
        "evaluate-test",
        "measure-baselines",
        "diagnose-masks",
        "report",
    ),
)
SEVERAL = {
    "--split": ("classify-images",),
    "--name": (
        *("train-classifier", "infer-image-labels", "select-small-loss", "prompt-masks"),
        *("train-segmenter", "choose-checkpoint", "predict-split"),
    ),
}
CHAINS = ("denoise", "masks")


def test_every_stage_has_a_command_with_the_common_options() -> None:
    _, overview, _ = run("--help")
    options = {stage: option for option, stages in SEVERAL.items() for stage in stages}
    for stage in (*ONCE, *options, *CHAINS):
        assert f" {stage} " in overview
        status, text, _ = run(stage, "--help")
        assert status == 0
        for option in ("--data", "--output", "--input", "--profile", "--set", "--seed", "--compat"):
            assert option in text
        assert ("--split" in text, "--name" in text) == (
            options.get(stage) == "--split",
            options.get(stage) == "--name",
        )


def test_commands_stand_in_the_order_in_which_stages_run() -> None:
    _, overview, _ = run("--help")
    order = ("pretrain", "cluster", "search-threshold", "apply-crf", "train-segmenter", "report")
    places = [overview.index(f" {stage} ") for stage in order]
    assert places == sorted(places)


def test_the_step_of_the_method_is_in_the_help() -> None:
    assert "Step 4.3: Move the borders" in run("apply-crf", "--help")[1]
    assert "Steps 5.1, 6.1: Train" in run("train-segmenter", "--help")[1]
    assert "One of f, g, h, c, d." in run("train-classifier", "--help")[1]
    assert "Step" not in run("measure-baselines", "--help")[1]


def test_square_brackets_stand_in_the_help() -> None:
    text = " ".join(run("submit", "--help")[1].split())
    assert "KFP server: http[s]://host:port." in text
    assert "Name of the run. [default: version and time]" in text
    assert "[default: training]" in text


def test_the_version_is_that_of_the_package_and_the_commit_that_of_the_clone() -> None:
    code = git_commit(Path(__file__).parents[1])
    expected = f"pass-ops {version('pass-ops')}" + (f" ({code})" if code else "")
    assert run("--version") == (0, f"{expected}\n", "")


def test_commands_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_PASS_OPS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "pass-ops pre")
    monkeypatch.setenv("COMP_CWORD", "1")
    result = CliRunner().invoke(app, [], prog_name="pass-ops")
    assert result.stdout.split() == ["pretrain", "predict-split", "predict"]


@pytest.mark.parametrize(
    "arguments",
    [
        "nothing",
        "pretrain",
        "pretrain --bogus",
        "data nothing",
        "sam convert",
        "evaluate a",
        "submit --wait=x",
    ],
)
def test_wrong_usage_ends_with_one_line_and_status_2(arguments: str) -> None:
    status, _, errors = run(*arguments.split())
    assert status == 2
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert re.search(r"; see ([a-z -]+ )?--help\n", errors)


@pytest.mark.parametrize("group", ["", "data", "sam"])
def test_a_group_without_a_command_prints_its_help(group: str) -> None:
    status, _, errors = run(*group.split())
    assert status == 2
    assert "Commands:" in errors


def test_a_folder_of_earlier_stages_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    status, _, errors = run("report", *SMOKE, "--output", tmp_path, "--input", tmp_path / "gone")
    assert status == 2
    assert "--input" in errors
    assert "does not exist" in " ".join(errors.split())


def test_config_prints_what_resolves_to_the_same_settings() -> None:
    changed = (
        "--set",
        "pretrain.epochs=7",
        "--set",
        "predict.sizes=[64]",
        "--seed",
        5,
        "--compat",
        "reference",
    )
    status, text, _ = run("config", "--profile", "smoke", *changed)
    assert status == 0
    expected = resolve(
        profile="smoke",
        overrides={"pretrain.epochs": 7, "predict.sizes": [64]},
        seed=5,
        compat="reference",
    )
    assert resolve(profile="smoke", overrides=yaml.safe_load(text)) == expected


def test_data_commands_end_in_one_line_too(tmp_path: Path) -> None:
    status, _, errors = run("data", "pack", tmp_path / "nothing", tmp_path / "packed")
    assert status == 1
    assert errors.startswith(f"error: {tmp_path}/nothing: no such folder; check the path")
    assert not (tmp_path / "packed").exists()
