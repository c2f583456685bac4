"""Classes and masks, for evaluation."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.codec import IGNORE
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import DataError


@pytest.fixture(params=["packed", "folder"])
def pointer(request: pytest.FixtureRequest, real_data: Path, tmp_path: Path) -> DatasetPointer:
    """Real photographs, in both forms of a set."""
    return (
        pack(real_data, str(tmp_path / "packed"))
        if request.param == "packed"
        else locate(str(real_data))
    )


def test_agrees_with_the_folders_and_the_images(
    pointer: DatasetPointer, real_data: Path, tmp_path: Path
) -> None:
    truth = open_ground_truth(pointer, "validation", tmp_path)
    images = open_images(pointer, "validation", tmp_path)
    assert truth.categories == tuple((real_data / "categories.txt").read_text().split())
    assert truth.keys == images.keys
    assert len(truth) == len(images) == pointer.counts["validation"]
    assert truth.has_masks
    for key in truth.keys:
        category, stem = truth.path(key).split("/")
        assert len(list((real_data / "validation" / category).glob(f"{stem}.*"))) == 1
        assert truth.categories[truth.label(key) - 1] == category
        mask = truth.mask(key)
        assert mask.dtype == np.int32
        assert mask.shape == images.image(key).shape[:2]
        assert set(np.unique(mask)) <= {0, *range(1, pointer.categories + 1), IGNORE}


def test_most_masks_hold_the_class_of_their_folder(pointer: DatasetPointer, tmp_path: Path) -> None:
    truth = open_ground_truth(pointer, "test", tmp_path)
    assert np.mean([truth.label(key) in truth.mask(key) for key in truth.keys]) > 0.9


def test_train_has_classes_but_no_masks(pointer: DatasetPointer, tmp_path: Path) -> None:
    truth = open_ground_truth(pointer, "train", tmp_path)
    assert not truth.has_masks
    assert {truth.label(key) for key in truth.keys} == set(range(1, pointer.categories + 1))
    with pytest.raises(DataError, match=f"^{truth.path(truth.keys[0])}: this image has no mask"):
        truth.mask(truth.keys[0])


@pytest.mark.parametrize("packed", [True, False])
def test_hidden_test_masks(synthetic_data: Path, tmp_path: Path, packed: bool) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.rmtree(root / "test-segmentation")
    pointer = pack(root, str(tmp_path / "packed")) if packed else locate(str(root))
    assert not open_ground_truth(pointer, "test", tmp_path).has_masks
    assert open_ground_truth(pointer, "validation", tmp_path).has_masks
