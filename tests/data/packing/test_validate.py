"""Every problem of a data set is listed, each with its file."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.decode import decode_mask
from pass_ops.data.layout import read_layout
from pass_ops.data.packing.pack import pack
from pass_ops.data.packing.validate import validate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import BadFileError
from tests.data.packing.defects import (
    CATEGORY,
    DEFECTS,
    MASKS,
    Defect,
    blue_mask,
    change_mask,
    file_beside_categories,
    first,
    id_above_k,
    mask_of_other_size,
    missing_mask,
    other_categories_listed,
    palette_mask,
    truncated_image,
    unknown_file,
)


@pytest.fixture
def root(synthetic_data: Path, tmp_path: Path) -> Path:
    """A copy of the synthetic set to break."""
    return shutil.copytree(synthetic_data, tmp_path / "data")


@pytest.mark.parametrize(("spoil", "what"), DEFECTS, ids=[spoil.__name__ for spoil, _ in DEFECTS])
def test_one_defect_is_one_problem(root: Path, tmp_path: Path, spoil: Defect, what: str) -> None:
    file = spoil(root)
    (problem,) = validate(root, tmp_path)
    assert problem.file == str(root / file)
    assert problem.what.startswith(what)
    assert "\n" not in str(problem)
    assert problem.fix


def test_none_is_hidden_behind_the_first(root: Path, tmp_path: Path) -> None:
    in_other_categories = [
        (truncated_image, "n90000001"),
        (mask_of_other_size, "n90000002"),
        (id_above_k, "n90000003"),
        (blue_mask, "n90000004"),
        (palette_mask, "n90000005"),
        (missing_mask, "n90000006"),
    ]
    expected = []
    for spoil, category in in_other_categories:
        view = tmp_path / category
        for folder in ("train", "validation-segmentation"):
            (view / folder).mkdir(parents=True)
            (view / folder / CATEGORY).symlink_to(root / folder / category)
        expected.append(spoil(view).replace(CATEGORY, category, 1))
    expected += [unknown_file(root), other_categories_listed(root), file_beside_categories(root)]
    files = [problem.file for problem in validate(root, tmp_path)]
    assert files == sorted(str(root / file) for file in expected)


def test_mask_with_two_defects_has_two_problems(root: Path, tmp_path: Path) -> None:
    change_mask(root, lambda labels: np.where(labels == IGNORE, 999, labels).T)
    assert [problem.what.split(" ")[0] for problem in validate(root, tmp_path)] == ["class", "the"]


def test_good_sets_have_none(
    real_data: Path, synthetic_data: Path, packed_synthetic: DatasetPointer, tmp_path: Path
) -> None:
    assert validate(real_data, tmp_path) == []
    assert validate(synthetic_data, tmp_path) == []
    assert validate(packed_synthetic, tmp_path) == []


def test_linked_folders_and_endings_in_capitals_are_no_problem(root: Path, tmp_path: Path) -> None:
    for name in (MASKS, "validation/n90000001", "test-segmentation"):
        moved = tmp_path / name.replace("/", "-")
        (root / name).rename(moved)
        (root / name).symlink_to(moved)
    mask = first(root / MASKS)
    mask.rename(mask.with_suffix(".PNG"))
    assert validate(root, tmp_path) == []
    (entry,) = (
        entry
        for entry in read_layout(root).splits["validation"]
        if entry.mask and entry.mask.suffix == ".PNG"
    )
    assert entry.image.stem == mask.stem


def test_a_thousand_classes_are_refused_wherever_they_are(root: Path, tmp_path: Path) -> None:
    for split in ("train", "validation", "test"):
        for number in range(994):
            (root / split / f"c{number:03d}").mkdir()
    problems = [problem for problem in validate(root, tmp_path) if problem.file == str(root)]
    assert [str(problem) for problem in problems] == [
        f"{root}: 1000 classes, more than 999; "
        "leave some out: in masks, 1000 means pixels to ignore"
    ]
    with pytest.raises(BadFileError, match="1000 classes, more than 999"):
        pack(root, str(tmp_path / "packed"))


def test_hidden_test_masks_are_no_problem(root: Path, tmp_path: Path) -> None:
    shutil.rmtree(root / "test-segmentation")
    assert validate(root, tmp_path) == []


def test_no_folder(tmp_path: Path) -> None:
    (problem,) = validate(tmp_path / "nothing", tmp_path)
    assert str(problem) == f"{tmp_path}/nothing: no such folder; check the path"


def test_packed_set_with_bad_pixels(root: Path, tmp_path: Path) -> None:
    # Closed again after the cut, so that packing does not notice.
    with open(root / truncated_image(root), "ab") as file:
        file.write(b"\xff\xd9")
    mask_of_other_size(root)
    id_above = first(root / "validation-segmentation/n90000002")
    id_above.write_bytes(encode_mask(decode_mask(id_above.read_bytes(), "") + 6))
    problems = validate(pack(root, str(tmp_path / "packed")), tmp_path)
    assert [problem.what.split(" ")[0] for problem in problems] == ["unreadable", "the", "class"]
    assert problems[0].file.startswith("image ")
    assert problems[2].file.startswith(f"mask n90000002/{id_above.stem}.png")


def test_packed_set_with_a_damaged_shard(packed_synthetic: DatasetPointer, tmp_path: Path) -> None:
    folder = shutil.copytree(packed_synthetic.uri, tmp_path / "packed")
    shard = folder / "images" / "test-00000.tar"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    (problem,) = validate(replace(packed_synthetic, uri=str(folder)), tmp_path)
    assert problem.file == str(shard)
    assert problem.what.startswith("damaged or missing at byte")
