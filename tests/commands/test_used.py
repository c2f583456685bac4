"""Options of a stage's command that its tasks would ignore."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.commands.used import MASK_OPTIONS, used_by
from pass_ops.config.settings import CONFIGS
from pass_ops.graph.recorder import training_tasks

# What a promptable segmenter works in: these and no others.
WITH_MASKS = {"make-regions", "prompt-masks", "masks"}
COMMANDS = {
    *(task.declaration.name.replace("_", "-") for task in training_tasks().values()),
    *("denoise", "masks"),
} - {"validate-data"}


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_a_task_uses_its_own_settings_and_parameters() -> None:
    tasks = training_tasks()
    assert used_by([tasks["pretrain"]]) == {"pretrain"}
    assert used_by([tasks["prompt_masks_round_2"]]) == {"prompt_masks_round_2", *MASK_OPTIONS}
    assert used_by([tasks["measure_baselines"]]) == set()
    assert used_by(tasks.values()) == {
        *CONFIGS,
        *("run", "data_uri", "cache_epoch"),
        *MASK_OPTIONS,
    }


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_only_commands_that_make_masks_have_options_for_them(command: str) -> None:
    _, text, _ = run(command, "--help")
    assert [option in text for option in ("--mask-back-end", "--mask-weights")] == [
        command in WITH_MASKS
    ] * 2


def test_an_option_of_another_stage_is_wrong_usage(tmp_path: Path) -> None:
    status, _, errors = run(
        *("pretrain", "--profile", "smoke", "--output", tmp_path, "--mask-weights", "/w")
    )
    assert status == 2
    assert "No such option: --mask-weights" in errors


@pytest.mark.parametrize(
    ("command", "option", "problem"),
    [
        ("pretrain", "--set predict.flip=true", "--set predict.flip: of no use to pretrain"),
        # Of both rounds, one is run.
        (
            "prompt-masks --name round_1",
            "--set prompt_masks_round_2.processes=1",
            "--set prompt_masks_round_2.processes: of no use to prompt_masks_round_1",
        ),
        (
            "measure-baselines",
            "--set pretrain={epochs: 3}",
            "--set pretrain: of no use to measure_baselines",
        ),
        (
            "masks --last make_coarse_labels",
            "--mask-weights /w",
            "--mask-weights: of no use to search_threshold, make_coarse_labels",
        ),
        (
            "masks",
            "--mask-back-end classical --mask-weights /w",
            "mask_back_end = 'classical' takes no mask_weights, but /w is given",
        ),
    ],
)
def test_what_would_change_nothing_is_refused_before_anything_is_written(
    synthetic_data: Path, tmp_path: Path, command: str, option: str, problem: str
) -> None:
    output = tmp_path / "output"
    name, *value = option.split(maxsplit=1) if "{" in option else option.split()
    status, text, errors = run(
        *command.split(),
        *("--profile", "smoke", "--data", synthetic_data, "--output", output, name, *value),
    )
    assert (status, text, errors.count("\n")) == (2, "", 1)
    assert errors.startswith(f"error: {problem}")
    assert not output.exists()


def test_missing_mask_weights_are_told_before_the_first_task(
    synthetic_data: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    status, _, errors = run(
        *("masks", "--profile", "smoke", "--data", synthetic_data, "--output", output),
        *("--mask-weights", tmp_path / "gone"),
    )
    assert (status, errors) == (
        1,
        f"error: {tmp_path}/gone: no such folder; it is where mask weights should be\n",
    )
    assert not output.exists()


def test_missing_initial_weights_are_told_before_anything_is_written(
    synthetic_data: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    status, _, errors = run(
        *("pretrain", "--profile", "smoke", "--data", synthetic_data, "--output", output),
        *("--set", f"pretrain.initial_weights={tmp_path}/gone"),
    )
    assert (status, errors.count("\n")) == (1, 1)
    assert errors.startswith(
        f"error: {tmp_path}/gone holds no weights for pretrain.initial_weights"
    )
    assert not output.exists()
