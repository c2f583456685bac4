"""Stages by their commands; those that train are tested with their packages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.pointer import DatasetPointer
from tests.commands.invocation import SMOKE, run


@pytest.fixture(scope="module")
def evaluated(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUTPUT after predictions, which are the ground truth, were scored by the command line, and
    baselines too.
    """
    output = tmp_path_factory.mktemp("output")
    pointer = locate(str(synthetic_data))
    with LabelMapWriter(output / "complete_predictions" / "completed_maps") as writer:
        for split in ("validation", "test"):
            truth = open_ground_truth(pointer, split, output)
            for key in truth.keys:
                writer.write(
                    key, np.where(truth.mask(key) == 1000, 0, truth.mask(key)).astype(np.int32)
                )
    common = ("--profile", "smoke", "--output", output)
    status, text, errors = run("evaluate-validation", *common, "--data", synthetic_data)
    assert (status, errors) == (0, "")
    assert "evaluate_validation: validation/miou 1, " in text
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
    assert (metrics["stage"], metrics["figure"]) == ("evaluate_test", "test/miou 1")
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
        ("make-coarse-labels", "train_classifier_h/last"),
        ("apply-crf", "make_coarse_labels/coarse_maps"),
        ("refine-labels", "apply_crf/crf_maps"),
        ("classify-images --split held_out", "train_classifier_c/checkpoints"),
        ("train-segmenter --name round_2", "prompt_masks_round_2/painted_maps"),
        ("choose-checkpoint --name round_1", "train_segmenter_round_1/checkpoints"),
        ("predict-split --name round_2", "choose_checkpoint_round_2/weights"),
        ("diagnose-masks", "make_coarse_labels/coarse_maps"),
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


def test_a_use_that_does_not_exist_is_refused(evaluated: Path) -> None:
    status, _, errors = run("predict-split", *SMOKE, "--output", evaluated, "--name", "test")
    assert (status, errors) == (2, "error: --name test is none of round_1, round_2\n")
