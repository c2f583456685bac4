"""Every problem of a data set is listed, each with its file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.decode import decode_mask
from pass_ops.data.packing.pack import pack
from pass_ops.data.packing.validate import validate
from pass_ops.data.pointer import DatasetPointer

TRAIN, CATEGORY = "train/n90000001", "n90000001"
MASKS = f"validation-segmentation/{CATEGORY}"


@pytest.fixture
def root(synthetic_data: Path, tmp_path: Path) -> Path:
    """A copy of the synthetic set to break."""
    return shutil.copytree(synthetic_data, tmp_path / "data")


def first(folder: Path) -> Path:
    return min(folder.iterdir())


def change_mask(root: Path, change: Callable[[np.ndarray], np.ndarray]) -> str:  # type: ignore[type-arg]  # Masks of any dtype.
    mask = first(root / MASKS)
    mask.write_bytes(encode_mask(change(decode_mask(mask.read_bytes(), mask.name))))
    return f"{MASKS}/{mask.name}"


def missing_split(root: Path) -> str:
    shutil.rmtree(root / "validation")
    return "validation"


def truncated_image(root: Path) -> str:
    image = first(root / TRAIN)
    image.write_bytes(image.read_bytes()[:-100])
    return f"{TRAIN}/{image.name}"


def page_instead_of_image(root: Path) -> str:
    image = first(root / TRAIN)
    image.write_bytes(b"<html>404</html>")
    return f"{TRAIN}/{image.name}"


def empty_file(root: Path) -> str:
    first(root / TRAIN).write_bytes(b"")
    return f"{TRAIN}/{first(root / TRAIN).name}"


def mask_of_other_size(root: Path) -> str:
    return change_mask(root, np.transpose)


def id_above_k(root: Path) -> str:
    return change_mask(root, lambda labels: np.where(labels == IGNORE, 7, labels))


def blue_mask(root: Path) -> str:
    mask = first(root / MASKS)
    colours = np.array(Image.open(mask))
    colours[0, 0, 2] = 1
    Image.fromarray(colours).save(mask)
    return f"{MASKS}/{mask.name}"


def palette_mask(root: Path) -> str:
    mask = first(root / MASKS)
    Image.open(mask).convert("P").save(mask)
    return f"{MASKS}/{mask.name}"


def deep_mask(root: Path) -> str:
    mask = first(root / MASKS)
    cv2.imwrite(str(mask), cv2.imread(str(mask)).astype(np.uint16))
    return f"{MASKS}/{mask.name}"


def missing_mask(root: Path) -> str:
    mask = first(root / MASKS)
    mask.unlink()
    return f"{MASKS}/{mask.name}"


def missing_test_mask(root: Path) -> str:
    mask = first(root / "test-segmentation" / CATEGORY)
    mask.unlink()
    return f"test-segmentation/{CATEGORY}/{mask.name}"


def mask_without_image(root: Path) -> str:
    shutil.copy(first(root / MASKS), root / MASKS / "stray.png")
    return f"{MASKS}/stray.png"


def empty_category(root: Path) -> str:
    for image in (root / TRAIN).iterdir():
        image.unlink()
    return TRAIN


def duplicate_stem(root: Path) -> str:
    image = first(root / TRAIN)
    Image.open(image).convert("RGB").save(image.with_suffix(".png"))
    return f"{TRAIN}/{image.stem}.png"


def unknown_file(root: Path) -> str:
    (root / TRAIN / "Thumbs.db").touch()
    return f"{TRAIN}/Thumbs.db"


def file_beside_categories(root: Path) -> str:
    (root / "train" / "notes.txt").touch()
    return "train/notes.txt"


def other_categories_listed(root: Path) -> str:
    (root / "categories.txt").write_text("cat\ndog\n")
    return "categories.txt"


def categories_in_other_order(root: Path) -> str:
    path = root / "categories.txt"
    path.write_text("\n".join(reversed(path.read_text().split())))
    return "categories.txt"


def category_missing_in_train(root: Path) -> str:
    shutil.rmtree(root / TRAIN)
    return TRAIN


DEFECTS: list[tuple[Callable[[Path], str], str]] = [
    (missing_split, "this split is missing"),
    (truncated_image, "unreadable or truncated"),
    (page_instead_of_image, "unreadable or truncated"),
    (empty_file, "unreadable or truncated"),
    (mask_of_other_size, "the mask is"),
    (id_above_k, "class ids 7 ("),
    (blue_mask, "the blue channel is not 0"),
    (palette_mask, "the mask is a 8-bit palette PNG"),
    (deep_mask, "the mask is a 16-bit RGB PNG"),
    (missing_mask, "the mask of"),
    (missing_test_mask, "the mask of"),
    (mask_without_image, "no image of split validation belongs to this mask"),
    (empty_category, "no image in this category"),
    (duplicate_stem, "same name as"),
    (unknown_file, "not an image file"),
    (file_beside_categories, "a file where only category folders belong"),
    (other_categories_listed, "disagrees with the folders about cat, dog, n90000001"),
    (categories_in_other_order, "not in sorted order"),
    (category_missing_in_train, "missing, other splits have this category"),
]


@pytest.mark.parametrize(("spoil", "what"), DEFECTS, ids=[spoil.__name__ for spoil, _ in DEFECTS])
def test_one_defect_is_one_problem(
    root: Path, tmp_path: Path, spoil: Callable[[Path], str], what: str
) -> None:
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


def test_hidden_test_masks_are_no_problem(root: Path, tmp_path: Path) -> None:
    shutil.rmtree(root / "test-segmentation")
    assert validate(root, tmp_path) == []


def test_no_folder(tmp_path: Path) -> None:
    (problem,) = validate(tmp_path / "nothing", tmp_path)
    assert str(problem) == f"{tmp_path}/nothing: no such folder; check the path"


def test_packed_set_with_bad_pixels(root: Path, tmp_path: Path) -> None:
    truncated_image(root)
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
