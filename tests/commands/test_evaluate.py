"""`pass-ops evaluate` on folders of label PNGs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pass_ops.data.synthetic.dataset import NAMES
from tests.commands.conftest import run


def test_a_perfect_prediction_scores_one_in_table_and_json(
    synthetic_data: Path, predictions: Path
) -> None:
    status, text, errors = run(predictions, synthetic_data, "--workers", 1)
    assert (status, errors) == (0, "")
    *_, last = text.splitlines()
    scores = json.loads(last)
    assert scores["metrics"]["miou"] == pytest.approx(1)
    assert scores["match"] == {"0": 0, "1": 6, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5}
    assert (scores["split"], scores["images"], scores["matched_on"]) == (
        "validation",
        12,
        "validation",
    )
    assert list(scores["iou"]) == [
        "background",
        *NAMES,
    ]
    table = [line.rsplit(maxsplit=1) for line in text.splitlines()]
    assert ["mIoU", "1.000"] in table
    assert ["image accuracy", "0.917"] in table  # One image of twelve has no object.


def test_a_stored_matching_is_used(synthetic_data: Path, predictions: Path, tmp_path: Path) -> None:
    matching = tmp_path / "match.json"
    matching.write_text(json.dumps({"0": 0, **{str(label): label for label in range(1, 7)}}))
    status, text, _ = run(predictions, synthetic_data, "--match", matching, "--workers", 1)
    assert status == 0
    scores = json.loads(text.splitlines()[-1])
    assert scores["metrics"]["miou"] < 0.2
    assert scores["matched_on"] == str(matching)
    assert "miou_pixel_matched" not in scores["metrics"]


def test_the_published_solver_finds_the_same_here(synthetic_data: Path, predictions: Path) -> None:
    _, ours, _ = run(predictions, synthetic_data, "--workers", 1)
    _, theirs, _ = run(predictions, synthetic_data, "--workers", 1, "--compat", "reference")
    assert json.loads(ours.splitlines()[-1]) == json.loads(theirs.splitlines()[-1])


@pytest.mark.parametrize("where", ["set without images", "masks alone"])
def test_masks_are_enough(
    synthetic_data: Path, predictions: Path, tmp_path: Path, where: str
) -> None:
    bare = tmp_path / "bare"
    masks = bare / "validation-segmentation" if where == "set without images" else bare
    shutil.copytree(synthetic_data / "validation-segmentation", masks)
    shutil.copy(synthetic_data / "names.txt", bare)
    _, whole, _ = run(predictions, synthetic_data, "--workers", 1)
    status, text, _ = run(predictions, bare, "--workers", 1)
    assert status == 0
    assert json.loads(text.splitlines()[-1]) == json.loads(whole.splitlines()[-1])
