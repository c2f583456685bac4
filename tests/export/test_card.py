"""The card of a model: spread over seeds, limits, machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pass_ops.data.synthetic.dataset import NAMES
from pass_ops.export.card import model_card, spread_table
from pass_ops.export.machine import machine
from pass_ops.paths import ModelPath
from pass_ops.serving.description import Description, Scores


@pytest.fixture
def description(exported_model: Path) -> Description:
    """Of a model that one run made."""
    return Description.load(ModelPath(exported_model))


def test_the_spread_is_mean_deviation_and_range() -> None:
    table = spread_table(
        {
            "1": {"test/miou": 0.1, "validation/miou": 0.5},
            "2": {"test/miou": 0.2},
            "3": {"test/miou": 0.3},
        }
    )
    assert table.header == ("fractions, 0 to 1", "validation", "test")
    assert table.rows == (("mIoU", "–", "0.200 ± 0.100 (0.100 to 0.300)"),)


def test_one_run_has_no_spread_and_says_so(description: Description) -> None:
    assert spread_table({"1": {"test/miou": 0.1}}).rows == ()
    text = model_card(description)
    assert "One run: how much the scores change with the seed was not measured." in text
    assert "±" not in text


def test_several_seeds_are_named(description: Description) -> None:
    seeds = {seed: {"test/miou": 0.5} for seed in ("31", "4", "100")}
    text = model_card(replace(description, scores_by_seed=seeds))
    assert "of 3 seeds (4, 31, 100)" in text
    assert "| mIoU | – | 0.500 ± 0.000 (0.500 to 0.500) |" in text
    assert "One run" not in text


def test_the_weakest_classes_are_limits(description: Description) -> None:
    iou = (0.9, 0.4, 0.1, 0.5, 0.3, 0.2, 0.6)
    scores = {"validation": description.scores["validation"], "test": Scores(iou=iou)}
    text = model_card(replace(description, scores=scores))
    second, fourth, fifth = NAMES[1], NAMES[3], NAMES[4]
    assert f"worst at {second} (IoU 0.100), {fifth} (IoU 0.200), {fourth} (IoU 0.300)." in text
    assert "worst at" not in model_card(description)  # Each has an IoU of 1.


def test_scores_are_the_models_own_and_then_those_of_completed_predictions(
    description: Description,
) -> None:
    completed = {"validation": (0.405, 0.291), "test": (0.334, 0.238)}
    iou = (0.9, 0.1, 0.5, 0.5, 0.5, 0.5, 0.5)
    scores = {
        split: Scores(metrics={"miou": miou, "boundary_miou": boundary}, iou=iou)
        for split, (miou, boundary) in completed.items()
    }
    alone = {"validation": {"miou": 0.414}, "test": {"miou": 0.326, "boundary_miou": 0.180}}
    text = model_card(replace(description, scores=scores, alone=alone))
    first, heading, second = text.partition("Of the completed predictions of its run")
    assert heading
    assert "Of this model alone" in first
    assert "| mIoU | 0.414 | 0.326 |\n| boundary mIoU | – | 0.180 |\n" in first
    assert "| mIoU | 0.405 | 0.334 |\n| boundary mIoU | 0.291 | 0.238 |\n" in second
    assert "## IoU of each class\n\nOf the completed predictions.\n\n" in second
    assert "(IoU 0.500), in the completed predictions.\n" in second
    seeds = {seed: {"test/miou": 0.5} for seed in ("31", "32")}
    several = replace(description, scores=scores, alone=alone, scores_by_seed=seeds)
    assert "range, of the completed predictions over the newest runs of 2" in model_card(several)


def test_a_model_whose_run_completes_nothing_has_one_table(description: Description) -> None:
    text = model_card(description)
    assert text.count("| mIoU |") == 1
    assert "## Scores\n\n| fractions, 0 to 1 |" in text
    assert "ompleted" not in text
    assert "CRF" not in text


def test_a_crf_of_predictions_that_the_model_lacks_is_named(description: Description) -> None:
    prediction = replace(description.prediction, crf="test-time")
    text = model_card(replace(description, prediction=prediction))
    assert "dense CRF (`test-time`), which this model does not have." in text


def test_the_title_says_what_was_seen(description: Description) -> None:
    card = model_card(replace(description, masks="onnx", data="shapes"))
    assert card.startswith("# Segmenter, 6 classes, SAM-assisted\n")
    assert "| masks | onnx |" in card
    assert "make run DATA=shapes PROFILE=smoke" in card
    assert "MASK_WEIGHTS='their folder'" in card


def test_the_set_that_is_drawn_is_not_named_again(description: Description) -> None:
    assert "\nmake run PROFILE=smoke SEED=31 " in model_card(replace(description, data="synthetic"))


def test_where_nothing_was_measured_nothing_is_claimed(description: Description) -> None:
    hidden = {"validation": Scores(), "test": Scores()}
    clusters = {"clusters": "silhouette"}
    text = model_card(
        replace(description, scores=hidden, selection=clusters, scores_by_seed={"31": {}})
    )
    assert text.count("Nothing was measured") == 2
    assert "how right they are was not measured" in text
    assert "One run" not in text


def test_names_with_bars_stay_in_their_cells_and_spaces_in_their_words(
    description: Description,
) -> None:
    text = model_card(replace(description, data="my | set"))
    assert "| data set | my \\| set |" in text
    assert "make run DATA='my | set' PROFILE=smoke" in text


def test_the_machine_is_named(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nmodel name\t: Abacus 9\nprocessor\t: 1\nmodel name\t: Other\n")
    assert machine(file).startswith("Abacus 9, ")
    assert machine(file).endswith(" cores")
    assert machine(tmp_path / "gone").endswith(" cores")
