"""The zip for the benchmark's server."""

from __future__ import annotations

import json
import shutil
import zipfile

import numpy as np
import pytest
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.data.codec import encode_mask
from pass_ops.data.decode import decode_mask
from pass_ops.errors import DataError
from pass_ops.evaluation.protocols.submission import Method
from tests.evaluation.predictions import CLUSTER_TO_CLASS, renamed

METHOD = {
    "name": "PASS",
    "training-data": "ImageNet-S50",
    "training-scheme": "unsupervised",
    "networks": "ResNet-18, a link",
    "description": "Coarse labels from clusters.",
}


@pytest.fixture
def submission_folder(splits, tmp_path):
    """A folder of predictions of the test split, and the matching found on validation."""
    truth, folder = splits["test"].truth, tmp_path / "predictions"
    for key, labels in renamed(truth).items():
        path = folder / f"{truth.path(key)}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_mask(labels))
    CLUSTER_TO_CLASS.save(folder / "match.json")
    return folder


def submit(*, folder, data, target):
    """The command's result, run on these paths."""
    options = [text for name, value in METHOD.items() for text in (f"--{name}", value)]
    paths = (str(folder), str(data), str(target), "--match", str(folder / "match.json"))
    return CliRunner().invoke(app, ["submission", *paths, *options])


def test_the_zip_holds_label_images_matching_and_method(
    submission_folder, synthetic_data, splits, tmp_path
):
    target = tmp_path / "out.zip"
    result = submit(folder=submission_folder, data=synthetic_data, target=target)
    assert result.exit_code == 0, result.output
    truth = splits["test"].truth
    with zipfile.ZipFile(target) as archive:
        assert sorted(archive.namelist()) == sorted(
            [*(f"{truth.path(key)}.png" for key in truth.keys), "match.json", "method.txt"]
        )
        assert archive.read("method.txt").decode().splitlines() == list(METHOD.values())
        assert json.loads(archive.read("match.json")) == CLUSTER_TO_CLASS.plain()
        for key, labels in renamed(truth).items():
            assert np.array_equal(decode_mask(archive.read(f"{truth.path(key)}.png"), key), labels)


def test_counts_are_stated_and_what_is_passed_over_is_named(
    submission_folder, synthetic_data, tmp_path
):
    (submission_folder / ".DS_Store").touch()
    target = tmp_path / "out.zip"
    result = submit(folder=submission_folder, data=synthetic_data, target=target)
    assert f"passed over: {submission_folder}/.DS_Store\n" in result.stdout
    assert result.stdout.splitlines()[-1] == (
        f"{target}: test, 6 classes, 12 images, 12 masks, 12 predictions; match.json, method.txt"
    )


def test_a_matching_of_other_classes_is_refused(submission_folder, synthetic_data, tmp_path):
    matching = submission_folder / "match.json"
    matching.write_text('{"1": 2, "2": 1}')
    result = submit(folder=submission_folder, data=synthetic_data, target=tmp_path / "out.zip")
    assert result.exit_code == 1
    assert f"{matching} has 2 classes, data set has 6: match on this data set" in result.output


def test_hidden_masks_are_no_hindrance(submission_folder, synthetic_data, tmp_path):
    data = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.rmtree(data / "test-segmentation")
    assert submit(folder=submission_folder, data=data, target=tmp_path / "out.zip").exit_code == 0


def test_every_bad_prediction_is_listed_and_no_zip_is_left(
    submission_folder, synthetic_data, tmp_path
):
    missing, small, high, broken, *_ = sorted(submission_folder.glob("*/*.png"))
    missing.unlink()
    small.write_bytes(encode_mask(np.zeros((3, 2), dtype=np.int32)))
    high.write_bytes(encode_mask(decode_mask(high.read_bytes(), "") + 7))
    broken.write_bytes(broken.read_bytes()[:60])
    result = submit(folder=submission_folder, data=synthetic_data, target=tmp_path / "out.zip")
    assert result.exit_code == 1
    lines = [line for line in result.stdout.splitlines() if not line.startswith("progress")]
    assert len(lines) == 4
    for path, what in (
        (missing, "no prediction"),
        (small, "prediction is 2x3"),
        (high, "expected 0..6"),
        (broken, "truncated"),
    ):
        assert [
            line
            for line in lines
            if line.startswith(f"{path.parent.name}/{path.stem}: ") and what in line
        ]
    assert not (tmp_path / "out.zip").exists()
    assert not list(tmp_path.glob(".partial*"))


@pytest.mark.parametrize("wrong", ["", "  ", "two\nlines", "two\rlines", "two\u2028lines"])
def test_a_method_of_other_than_five_lines_is_refused(wrong):
    with pytest.raises(DataError, match="one line"):
        Method(
            name="PASS",
            training_data="ImageNet-S50",
            training_scheme="unsupervised",
            networks="ResNet-18, a link",
            description=wrong,
        ).text()
