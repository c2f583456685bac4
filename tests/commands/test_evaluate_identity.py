"""`pass-ops evaluate` scores what it says it scores: classes, ids, names and files agree, or it is
refused; what is passed over is named.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.codec import encode_mask
from pass_ops.evaluation.scoring import reading
from tests.commands.conftest import labels_of, run

FIRST = "n90000001"


@pytest.fixture
def data(synthetic_data: Path, tmp_path: Path) -> Path:
    """A copy of the synthetic set to change."""
    return shutil.copytree(synthetic_data, tmp_path / "data")


@pytest.fixture
def masks(data: Path, tmp_path: Path) -> Path:
    """The masks of validation alone."""
    return shutil.copytree(data / "validation-segmentation", tmp_path / "masks")


def score(*arguments: object) -> dict:
    """What a successful command prints as JSON."""
    status, text, errors = run(*arguments, "--workers", 1)
    assert status == 0, errors
    return json.loads(text.splitlines()[-1])


def refusal(*arguments: object) -> str:
    """What a command ends with that scores nothing."""
    status, text, errors = run(*arguments, "--workers", 1)
    assert status == 1
    assert "mIoU" not in text
    return errors.splitlines()[-1]


def test_counts_are_stated(data: Path, predictions: Path) -> None:
    status, text, errors = run(predictions, data, "--workers", 1)
    assert (status, errors) == (0, "")
    scope = "validation: 6 classes, 12 images, 12 masks, 12 predictions, 0 files passed over"
    assert scope in text.splitlines()
    counts = {"classes": 6, "images": 12, "masks": 12, "predictions": 12, "passed_over": []}
    assert counts.items() <= json.loads(text.splitlines()[-1]).items()


@pytest.mark.parametrize("name", [".ipynb_checkpoints", "__MACOSX", "lost+found", ".DS_Store"])
def test_hidden_folders_and_litter_are_no_class(masks: Path, predictions: Path, name: str) -> None:
    whole = score(predictions, masks)
    (masks / name).mkdir()
    (masks / FIRST / name).touch()
    (predictions / name).mkdir()
    result = score(predictions, masks)
    strange = [masks / name, masks / FIRST / name, predictions / name]
    assert result.pop("passed_over") == sorted(map(str, strange))
    assert result == {key: value for key, value in whole.items() if key != "passed_over"}
    assert result["metrics"]["miou"] == pytest.approx(1)


def test_other_files_are_passed_over_by_name(masks: Path, predictions: Path) -> None:
    strange = [
        masks / "README.md",
        masks / FIRST / "preview.jpg",
        predictions / FIRST / "logits.npy",
        predictions / FIRST / "deeper",
        predictions / "empty",
    ]
    for path in strange[:3]:
        path.touch()
    for path in strange[3:]:
        path.mkdir()
    # Written beside predictions by the stage.
    (predictions / "match.json").write_text("{}")
    status, _, errors = run(predictions, masks, "--workers", 1)
    assert status == 0
    assert errors.splitlines() == [f"passed over: {path}" for path in sorted(strange)]


def test_endings_in_any_case_and_links_are_followed(
    masks: Path, predictions: Path, tmp_path: Path
) -> None:
    whole = score(predictions, masks)
    for folder in (masks, predictions):
        first = min((folder / FIRST).iterdir())
        first.rename(first.with_suffix(".PNG"))
        moved = shutil.move(folder / FIRST, tmp_path / f"{folder.name}-elsewhere")
        (folder / FIRST).symlink_to(moved)
    assert score(predictions, masks) == whole


@pytest.mark.parametrize("where", ["masks", "predictions"])
def test_two_files_for_one_image_are_refused(masks: Path, predictions: Path, where: str) -> None:
    folder = {"masks": masks, "predictions": predictions}[where]
    first = min((folder / FIRST).iterdir())
    shutil.copy(first, first.with_suffix(".PNG"))
    line = refusal(predictions, masks)
    assert line == (
        f"error: {first}: same name as {first.with_suffix('.PNG').name} but for the ending; "
        "rename one of them, or move it away"
    )


@pytest.mark.parametrize("name", ["N90000001", "n90000007"])
def test_a_class_of_the_predictions_that_the_set_lacks(
    masks: Path, predictions: Path, name: str
) -> None:
    (predictions / FIRST).rename(predictions / name)
    status, _, errors = run(predictions, masks, "--workers", 1)
    assert status == 1
    for path in (masks / FIRST).iterdir():
        assert f"{predictions}/{name}/{path.name}: not an image of this split; " in errors
        assert f"{FIRST}/{path.stem}: no prediction; " in errors


def test_classes_that_differ_in_letter_case_are_refused(masks: Path, predictions: Path) -> None:
    shutil.copytree(masks / FIRST, masks / "N90000001")
    assert "classes 'N90000001' and 'n90000001' differ only in letter case" in refusal(
        predictions, masks
    )


def test_a_class_called_background_is_refused(masks: Path, predictions: Path) -> None:
    for folder in (masks, predictions):
        (folder / FIRST).rename(folder / "background")
    assert refusal(predictions, masks).startswith(f"error: {masks}: a class called 'background'")


def test_a_list_of_classes_with_a_byte_order_mark_changes_nothing(
    data: Path, predictions: Path
) -> None:
    whole = score(predictions, data)
    listing = data / "categories.txt"
    listing.write_bytes(b"\xef\xbb\xbf" + listing.read_bytes().replace(b"\n", b"\r\n"))
    assert score(predictions, data) == whole


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda names: [*names, "n90000007"], "about n90000007 (7 names, 6 folders)"),
        (lambda names: names[1:], "about n90000001 (5 names, 6 folders)"),
        (lambda names: names[::-1], "not in sorted order"),
        (lambda names: [*names, names[-1]], "more than one line for n90000006"),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_a_list_that_disagrees_with_the_folders_is_refused(
    data: Path, masks: Path, predictions: Path, change, what: str, alone: bool
) -> None:
    root = masks if alone else data
    names = (data / "categories.txt").read_text().split()
    (root / "categories.txt").write_text("\n".join(change(names)))
    line = refusal(predictions, root)
    assert line.startswith(f"error: {root}/categories.txt: ")
    assert what in line


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_list_in_another_encoding_is_refused(
    data: Path, predictions: Path, encoding: str
) -> None:
    (data / "categories.txt").write_bytes("n90000001\ngrün\n".encode(encoding))
    assert refusal(predictions, data) == (
        f"error: {data}/categories.txt: no list of class names (not text in UTF-8); "
        "save it as UTF-8, one class name a line"
    )


def test_more_classes_than_ids_are_refused(tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    for number in range(1, 1001):
        (masks / f"n{number:08d}").mkdir(parents=True)
    (masks / "n00001000" / "a.png").write_bytes(encode_mask(np.full((2, 2), 1000, np.int32)))
    assert refusal(masks, masks).startswith(
        f"error: {masks}: 1000 classes, more than 999; leave some out: in masks, 1000 means pixels "
        "to ignore"
    )


def test_an_image_without_a_mask_is_missed_though_it_has_no_prediction_either(
    data: Path, predictions: Path
) -> None:
    mask = min((data / "validation-segmentation" / FIRST).iterdir())
    mask.unlink()
    (predictions / FIRST / mask.name).unlink()
    assert refusal(predictions, data).startswith(f"error: {mask}: the mask of {data}/validation/")


def test_a_class_that_images_have_and_masks_lack_is_missed(data: Path, predictions: Path) -> None:
    shutil.rmtree(data / "validation")
    shutil.rmtree(data / "validation-segmentation" / FIRST)
    shutil.rmtree(predictions / FIRST)
    assert refusal(predictions, data).startswith(
        f"error: {data}/validation-segmentation/{FIRST}: no mask of this category; add its masks"
    )


def test_an_empty_folder_is_no_class(masks: Path, predictions: Path) -> None:
    (masks / "checkpoints").mkdir()
    assert refusal(predictions, masks) == (
        f"error: {masks}/checkpoints: no mask of this category; add its masks, or remove it"
    )


@pytest.mark.parametrize("workers", [1, 3])
def test_every_bad_mask_is_listed_by_file(
    masks: Path, predictions: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(reading, "LEAST", 0)
    bad = sorted(masks.glob("*/*.png"))[::2]
    for path in bad:
        labels = labels_of(path)
        labels[:1] = 255
        labels[1:2, :1] = 7
        path.write_bytes(encode_mask(labels))
    status, text, errors = run(predictions, masks, "--workers", workers)
    assert (status, "mIoU" in text) == (1, False)
    *lines, last = errors.splitlines()
    width = {path: labels_of(path).shape[1] for path in bad}
    assert sorted(lines) == [
        f"{path}: class ids 7 (1 pixels), 255 ({width[path]} pixels); "
        "use 0..6, and 1000 for pixels to ignore"
        for path in bad
    ]
    assert last.startswith(f"error: nothing is scored: {bad[0]}: class ids 7 (1 pixels), 255 (")
    assert last.endswith(f"({len(bad)} problems in all, listed above)")
