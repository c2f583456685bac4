"""`pass-ops evaluate` on what cannot be evaluated: it lists every offender and prints no metric."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pass_ops.data.codec import encode_mask
from tests.commands.conftest import labels_of, run


def test_every_bad_prediction_is_listed_and_no_metric_is_printed(
    synthetic_data: Path, predictions: Path
) -> None:
    missing, small, high, deep, palette, broken, blue, *_ = sorted(predictions.glob("*/*.png"))
    missing.unlink()
    labels = labels_of(small)
    small.write_bytes(encode_mask(labels[1:]))
    high.write_bytes(encode_mask(np.full_like(labels_of(high), 7)))
    Image.fromarray(labels_of(deep).astype(np.uint16)).save(deep)
    Image.fromarray(labels_of(palette).astype(np.uint8)).convert("P").save(palette)
    broken.write_bytes(broken.read_bytes()[:-40])
    colours = np.zeros((*labels_of(blue).shape, 3), np.uint8)
    colours[0, 0, 2] = 1
    Image.fromarray(colours).save(blue)
    stranger = predictions / small.parent.name / "stranger.png"
    stranger.write_bytes(encode_mask(labels))

    status, text, errors = run(predictions, synthetic_data, "--workers", 1)
    assert status == 1
    assert "mIoU" not in text
    assert "{" not in text
    *lines, last = errors.splitlines()
    height, width = labels.shape

    def name(path: Path) -> str:
        return f"{path.parent.name}/{path.stem}"

    expected = [
        (name(missing), "no prediction"),
        (name(small), f"prediction is {width}x{height - 1}, image is {width}x{height}"),
        (name(high), "ids 7..7, expected 0..6"),
        (str(deep), "the mask is a 16-bit grey PNG"),
        (str(palette), "the mask is an 8-bit palette PNG"),
        (str(broken), "unreadable or truncated"),
        (str(blue), "the blue channel is not 0 everywhere"),
        (str(stranger), "not an image of this split"),
    ]
    assert len(lines) == len(expected)
    for start, what in expected:
        assert [line for line in lines if line.startswith(f"{start}: ") and what in line], (
            start,
            what,
            lines,
        )
    assert last.startswith("error: nothing is scored: ")
    assert last.endswith("(8 problems in all, listed above)")


def test_an_empty_folder_and_none_at_all_are_refused(synthetic_data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(empty, synthetic_data)[::2] == (
        1,
        f"error: {empty}: no label images in it; "
        "write them as CLASS/NAME.png, 8-bit RGB with id = R + 256*G\n",
    )
    assert run(tmp_path / "gone", synthetic_data)[::2] == (
        1,
        f"error: {tmp_path}/gone: no such folder; check the path\n",
    )


def test_hidden_masks_are_refused(synthetic_data: Path, predictions: Path, tmp_path: Path) -> None:
    data = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.rmtree(data / "test-segmentation")
    expected = f"error: {data}/test-segmentation: no such folder; choose a split that has masks\n"
    assert run(predictions, data, "--split", "test")[::2] == (1, expected)


def test_every_wrong_entry_of_match_json_is_named(
    synthetic_data: Path, predictions: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "match.json"
    wrong.write_text(json.dumps({"0": 1, "1": 2, "2": 2, "3": 9, "5": 5, "6": 6, "7": 1}))
    status, text, errors = run(predictions, synthetic_data, "--match", wrong)
    problems = (
        "0 goes to 1; 3 goes to 9, outside 1..6; 7 goes to 1, outside 1..6; "
        "1 and 2 go to 2; 4 missing"
    )
    assert (status, errors) == (
        1,
        f"error: {wrong}: is no one-to-one matching ({problems}): match again\n",
    )
    assert "mIoU" not in text


def test_a_matching_of_another_number_of_classes_is_refused(
    synthetic_data: Path, predictions: Path, tmp_path: Path
) -> None:
    other = tmp_path / "match.json"
    other.write_text(json.dumps({"0": 0, "1": 2, "2": 1}))
    status, _, errors = run(predictions, synthetic_data, "--match", other)
    assert (status, errors) == (
        1,
        f"error: {other} has 2 classes, data set has 6: match on this data set\n",
    )


def test_a_png_of_sixteen_bits_per_colour_is_refused(
    synthetic_data: Path, predictions: Path
) -> None:
    first = min(predictions.glob("*/*.png"))
    cv2.imwrite(str(first), np.zeros((9, 9, 3), np.uint16))
    assert Image.open(first).mode == "RGB"  # Pillow would read it as 8 bits without a word.
    status, _, errors = run(predictions, synthetic_data, "--workers", 1)
    assert status == 1
    assert f"{first}: the mask is a 16-bit RGB PNG" in errors
