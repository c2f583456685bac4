"""The command line, stage by stage; the stages that train are tested with their packages."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.commands.overrides import parse_overrides
from pass_ops.config.resolve import resolve
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.label_maps import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import ConfigError

# Commands of stages that the graph uses once, and more than once: by what option.
ONCE = (
    *("pretrain", "train-pixel-attention", "diagnose", "cluster", "cluster-aligned"),
    *("cluster-selected", "select-by-distance", "diagnose-labels", "search-threshold"),
    *("evaluate-validation", "evaluate-test", "measure-baselines", "diagnose-masks", "report"),
)
SEVERAL = {
    "--split": (
        *("make-coarse-labels", "apply-crf", "make-regions", "refine-labels"),
        "classify-images",
    ),
    "--name": (
        *("train-classifier", "infer-image-labels", "select-small-loss", "prompt-masks"),
        *("train-segmenter", "choose-checkpoint", "predict"),
    ),
}
CHAINS = ("denoise", "masks")


SMOKE = ("--profile", "smoke")


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


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
    assert "One of f, g, h, c." in run("train-classifier", "--help")[1]
    assert "Step" not in run("measure-baselines", "--help")[1]


def test_a_use_that_does_not_exist_is_refused(evaluated: Path) -> None:
    status, _, errors = run("apply-crf", *SMOKE, "--output", evaluated, "--split", "all")
    assert (status, errors) == (2, "error: --split all is none of train, validation, test\n")


def test_square_brackets_stand_in_the_help() -> None:
    text = " ".join(run("submit", "--help")[1].split())
    assert "KFP server: http[s]://host:port." in text
    assert "Name of the run. [default: version and time]" in text
    assert "[default: training]" in text


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version") == (0, f"pass-ops {version('pass-ops')}\n", "")


def test_commands_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_PASS_OPS_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "pass-ops pre")
    monkeypatch.setenv("COMP_CWORD", "1")
    result = CliRunner().invoke(app, [], prog_name="pass-ops")
    assert result.stdout.split() == ["pretrain", "predict"]


@pytest.mark.parametrize(
    "arguments",
    [
        "nothing",
        "pretrain",
        "pretrain --bogus",
        "data",
        "sam convert",
        "evaluate a",
        "submit --wait=x",
    ],
)
def test_wrong_usage_ends_with_status_2(arguments: str) -> None:
    assert run(*arguments.split())[0] == 2


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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b=3", 3),
        ("a.b=1e-3", 0.001),  # Plain YAML reads a string.
        ("a.b=true", True),
        ("a.b=adamw", "adamw"),
        ("a.b=[0.1, 2]", [0.1, 2]),
        ("a.b={c: 1, 2: [x]}", {"c": 1, "2": ["x"]}),
        ("a.b=null", None),
        ("a.b=x=y", "x=y"),
        (" a.b = 3", 3),
    ],
)
def test_values_of_overrides(text: str, value: object) -> None:
    assert parse_overrides([text]) == {"a.b": value}


def test_the_last_value_of_a_key_holds() -> None:
    assert parse_overrides(["a=1", "b=2", "a=3"]) == {"a": 3, "b": 2}


@pytest.mark.parametrize("text", ["pretrain.epochs", "=3", " =3", "a=[1", "a={b: [}"])
def test_overrides_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^--set .*write it like") as raised:
        parse_overrides([text])
    assert "\n" not in str(raised.value)


@pytest.fixture(scope="module")
def evaluated(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUTPUT after predictions, which are the ground truth, were scored by the command line, and
    baselines too.
    """
    output = tmp_path_factory.mktemp("output")
    pointer = locate(str(synthetic_data))
    for split in ("validation", "test"):
        truth = open_ground_truth(pointer, split, output)
        with LabelMapWriter(output / f"predict_{split}" / "predicted_maps") as writer:
            for key in truth.keys:
                writer.write(
                    key, np.where(truth.mask(key) == 1000, 0, truth.mask(key)).astype(np.int32)
                )
    common = ("--profile", "smoke", "--output", output)
    status, text, errors = run("evaluate-validation", *common, "--data", synthetic_data)
    assert (status, errors) == (0, "")
    assert "evaluate_validation: miou 1, " in text
    assert run("evaluate-test", *common)[0] == 0
    assert run("measure-baselines", *common)[0] == 0
    return output


def test_a_stage_writes_into_a_folder_of_its_name(evaluated: Path, synthetic_data: Path) -> None:
    assert DatasetPointer.load(evaluated / "dataset.json") == locate(str(synthetic_data))
    assert {path.name for path in (evaluated / "evaluate_test").iterdir()} == {
        *("evaluation", "exported", "metrics.json"),
        *("confusion.json", "page.html", "summary.md"),
    }
    metrics = json.loads((evaluated / "evaluate_test" / "metrics.json").read_text())
    assert (metrics["stage"], metrics["figure"]) == ("evaluate_test", "miou 1")
    baselines = json.loads((evaluated / "measure_baselines" / "baselines.json").read_text())
    assert set(baselines["ellipse_colour"]) == {"validation", "test"}


def test_earlier_stages_can_lie_in_another_folder(evaluated: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    common = (*SMOKE, "--input", evaluated, "--output", new)
    status, _, errors = run("evaluate-test", *common)
    assert (status, errors) == (0, "")
    assert [path.name for path in new.iterdir()] == ["evaluate_test"]


@pytest.mark.parametrize(
    ("stage", "missing"),
    [
        ("train-pixel-attention", "pretrain/weights"),
        ("diagnose", "pretrain/initial_weights"),
        ("denoise", "train_pixel_attention/weights"),
        ("masks", "train_classifier_h/last"),
        ("search-threshold", "train_classifier_h/last"),
        ("make-coarse-labels --split test", "train_classifier_h/last"),
        ("apply-crf --split validation", "make_coarse_labels_validation/coarse_maps"),
        ("refine-labels --split train", "apply_crf_train/crf_maps"),
        ("classify-images --split test", "train_classifier_c/checkpoints"),
        ("train-segmenter --name round_2", "prompt_masks_round_2/painted_maps"),
        ("choose-checkpoint --name round_1", "train_segmenter_round_1/checkpoints"),
        ("predict --name validation", "choose_checkpoint_round_2/weights"),
        ("diagnose-masks", "make_coarse_labels_validation/coarse_maps"),
        ("report", "prompt_masks_round_2/painted_maps"),
    ],
)
def test_a_stage_without_the_one_before_it_says_which(
    evaluated: Path, stage: str, missing: str
) -> None:
    before = sorted(evaluated.iterdir())
    status, _, errors = run(*stage.split(), *SMOKE, "--output", evaluated)
    name = missing.partition("/")[0]
    expected = (
        f"error: {evaluated}/{missing}: missing; run stage {name} first, with the same --output\n"
    )
    assert (status, errors) == (1, expected)
    assert sorted(evaluated.iterdir()) == before


def test_without_a_data_set_it_says_how_to_name_one(tmp_path: Path) -> None:
    status, _, errors = run("measure-baselines", "--profile", "smoke", "--output", tmp_path)
    missing = f"{tmp_path}/dataset.json: missing, so the data set is unknown"
    assert (status, errors) == (1, f"error: {missing}; name it with --data\n")


def test_wrong_settings_are_refused_before_anything_is_written(
    synthetic_data: Path, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    wrong = ("--set", "pretrain.epoch=3", "--set", "cluster.restarts=0")
    status, _, errors = run(
        "pretrain", "--profile", "small", "--data", synthetic_data, "--output", output, *wrong
    )
    assert status == 2
    assert errors.startswith("error: unknown configuration key pretrain.epoch: known here are ")
    assert errors.endswith("; cluster.restarts = 0 is below 1\n")
    assert errors.count("\n") == 1
    assert not output.exists()


def test_data_commands_end_in_one_line_too(tmp_path: Path) -> None:
    status, _, errors = run("data", "pack", tmp_path / "nothing", tmp_path / "packed")
    assert status == 1
    assert errors.startswith(f"error: {tmp_path}/nothing: no such folder; check the path")
    assert not (tmp_path / "packed").exists()


@pytest.mark.parametrize(
    ("options", "expected", "problem"),
    [
        (
            ("--first", "cluster"),
            2,
            "no task cluster in denoise: its tasks are cluster_1, train_classifier_f, ",
        ),
        (
            ("--first", "cluster_2", "--last", "cluster_1"),
            2,
            "denoise runs cluster_1 before cluster_2: exchange ",
        ),
        (
            ("--first", "cluster_3"),
            1,
            "/cluster_2/features: missing; run stage cluster_2 first, with the same --output",
        ),
        (
            ("--first", "infer_image_labels_h"),
            1,
            "/train_classifier_h/checkpoints: missing; run stage train_classifier_h ",
        ),
    ],
)
def test_a_part_of_denoising_is_named_by_its_steps(
    evaluated: Path, options: tuple[str, ...], expected: int, problem: str
) -> None:
    status, _, errors = run("denoise", "--profile", "smoke", "--output", evaluated, *options)
    assert status == expected
    assert errors.count("\n") == 1
    assert problem in errors
