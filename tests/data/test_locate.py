"""A set that is no longer what its pointer says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.data.packing.validate import validate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import DataError

Open = Callable[[DatasetPointer, str, Path], object]


@pytest.fixture
def root(synthetic_data: Path, tmp_path: Path) -> Path:
    """A copy of the synthetic set to change."""
    return shutil.copytree(synthetic_data, tmp_path / "data")


def lose_an_image(root: Path) -> str:
    image = min((root / "validation" / "n90000001").iterdir())
    (root / "validation-segmentation" / "n90000001" / f"{image.stem}.png").unlink()
    image.unlink()
    return "11 images in validation, and the pointer to it says 12"


def gain_an_image(root: Path) -> str:
    shutil.copy(min((root / "train" / "n90000001").iterdir()), root / "train/n90000001/new.JPEG")
    return "25 images in train, and the pointer to it says 24"


def lose_a_class(root: Path) -> str:
    for split in ("train", "validation", "validation-segmentation", "test", "test-segmentation"):
        shutil.rmtree(root / split / "n90000006")
    (root / "categories.txt").unlink()
    return "10 images in test, and the pointer to it says 12"


def gain_a_split(root: Path) -> str:
    shutil.copytree(root / "validation", root / "train-semi")
    shutil.copytree(root / "validation-segmentation", root / "train-semi-segmentation")
    return "12 images in train-semi, and the pointer to it says 0"


@pytest.mark.parametrize("change", [lose_an_image, gain_an_image, lose_a_class, gain_a_split])
@pytest.mark.parametrize("opened", [open_images, open_ground_truth])
def test_a_folder_that_changed_is_refused(
    root: Path, tmp_path: Path, change: Callable[[Path], str], opened: Open
) -> None:
    pointer = locate(str(root))
    opened(pointer, "validation", tmp_path)
    what = change(root)
    with pytest.raises(DataError) as raised:
        opened(pointer, "validation", tmp_path)
    line = f"{root}: {what}: it has changed since; restore it, or begin anew with the set as it is"
    assert str(raised.value).startswith(line)
    assert str(validate(pointer, tmp_path)[0]) == line


def change_an_image(root: Path) -> None:
    shutil.copy(root / "train/n90000001/n90000001_1.JPEG", min((root / "test").rglob("*.JPEG")))


def exchange_masks(root: Path) -> None:
    first, second = sorted((root / "validation-segmentation" / "n90000001").iterdir())[:2]
    contents = first.read_bytes(), second.read_bytes()
    second.write_bytes(contents[0])
    first.write_bytes(contents[1])


def rename_an_image(root: Path) -> None:
    image = min((root / "train" / "n90000001").iterdir())
    image.rename(image.with_name("renamed.JPEG"))


@pytest.mark.parametrize("change", [change_an_image, exchange_masks, rename_an_image])
@pytest.mark.parametrize("opened", [open_images, open_ground_truth])
def test_a_folder_with_other_contents_is_refused(
    root: Path, tmp_path: Path, change: Callable[[Path], None], opened: Open
) -> None:
    pointer = locate(str(root))
    change(root)
    line = f"{root}: an image or a mask is another one than when the pointer to it was made; "
    with pytest.raises(DataError) as raised:
        opened(pointer, "validation", tmp_path)
    assert str(raised.value).startswith(line)
    assert [str(problem)[: len(line)] for problem in validate(pointer, tmp_path)].count(line) == 1


def test_a_split_that_is_gone_is_missed(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "validation", root / "train-semi")
    shutil.copytree(root / "validation-segmentation", root / "train-semi-segmentation")
    pointer = locate(str(root))
    shutil.rmtree(root / "train-semi")
    with pytest.raises(DataError, match="0 images in train-semi, and the pointer to it says 12"):
        open_images(pointer, "train-semi", tmp_path)


@pytest.mark.parametrize(
    ("change", "opened", "what"),
    [
        ({"counts": {"validation": 5}}, open_images, "12 images in validation"),
        ({"counts": {"validation": 5}}, open_ground_truth, "12 images in validation"),
        ({"categories": 7}, open_ground_truth, "6 classes"),
    ],
)
def test_a_pointer_to_a_packed_set_is_held_to_its_tables(
    packed_synthetic: DatasetPointer, tmp_path: Path, change: dict, opened: Open, what: str
) -> None:
    with pytest.raises(DataError, match=f"{what}, and the pointer to it says"):
        opened(replace(packed_synthetic, **change), "validation", tmp_path)
