"""Reading the ImageNet-S layout: ids, keys, and what the keys hide."""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from pass_ops.data.layout import read_layout, scan_layout, size_by_names
from pass_ops.data.user_files.entry import image_key
from pass_ops.errors import DataError


def test_key_is_stable() -> None:
    # Keys stand in artifacts and caches: a change of their recipe is a change of every artifact.
    assert image_key("train", b"pixels") == "60d07f82a3594ef0"
    assert image_key("train", b"pixels", copy=1) == "c664feb4eec810bd"


def test_photographs(real_data: Path) -> None:
    layout = read_layout(real_data)
    names = (real_data / "categories.txt").read_text().split()
    assert list(layout.categories) == names == sorted(names)
    for split, entries in layout.splits.items():
        files = {path for path in (real_data / split).rglob("*") if path.is_file()}
        assert {entry.image for entry in entries} == files
        assert {entry.category for entry in entries} == set(layout.categories)
        assert all((entry.mask is None) == (split == "train") for entry in entries)
        assert all(entry.mask.stem == entry.image.stem for entry in entries if entry.mask)


def test_order_of_keys_holds_no_class(synthetic_data: Path) -> None:
    entries = read_layout(synthetic_data).splits["train"]
    keys = [entry.key for entry in entries]
    assert keys == sorted(set(keys))
    # From one to the next of 24 images the class changes some 20 times in random order, 5 times in
    # order of class.
    changes = sum(first.category != second.category for first, second in pairwise(entries))
    assert changes > 12
    assert not any(
        entry.category in entry.key or entry.image.stem in entry.key for entry in entries
    )


def test_copies_of_an_image_in_two_splits_have_two_keys(
    synthetic_data: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.copytree(root / "train", root / "train-semi")
    shutil.rmtree(root / "test-segmentation")
    layout, problems = scan_layout(root)
    assert Counter(problem.what.split(" of ")[0] for problem in problems) == {"the mask": 24}
    keys = [entry.key for entries in layout.splits.values() for entry in entries]
    assert len(keys) == len(set(keys)) == 24 + 24 + 12 + 12


def test_copies_of_an_image_in_one_split_have_keys_of_their_own(
    synthetic_data: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    first = min((root / "train" / "n90000001").iterdir())
    shutil.copy(first, root / "train" / "n90000002" / "copy.JPEG")
    keys = [entry.key for entry in read_layout(root).splits["train"]]
    assert len(set(keys)) == len(keys) == 25


def test_names_of_folders_and_files_change_no_key(synthetic_data: Path, tmp_path: Path) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    for number, image in enumerate(sorted((root / "train").rglob("*.JPEG"))):
        other = root / "train" / f"n9000000{1 + number % 6}"
        image.rename(other / f"renamed-{number}.JPEG")
    before, after = read_layout(synthetic_data).splits["train"], read_layout(root).splits["train"]
    assert [entry.key for entry in before] == [entry.key for entry in after]
    assert [entry.category for entry in before] != [entry.category for entry in after]


def test_any_ending_in_any_case(synthetic_data: Path, tmp_path: Path) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    images = sorted((root / "train" / "n90000001").iterdir())
    for image, ending in zip(images, (".JPEG", ".jpg", ".PNG", ".jpeg"), strict=True):
        image.rename(image.with_suffix(ending))
    assert len(read_layout(root).splits["train"]) == 24


def test_names_with_blanks(synthetic_data: Path, tmp_path: Path) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    for split in ("train", "validation", "validation-segmentation", "test", "test-segmentation"):
        (root / split / "n90000001").rename(root / split / "a tree frog")
    categories = root / "categories.txt"
    categories.write_text(categories.read_text().replace("n90000001", "a tree frog"))
    assert read_layout(root).categories[0] == "a tree frog"


def test_masks_of_test_are_optional(synthetic_data: Path, tmp_path: Path) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.rmtree(root / "test-segmentation")
    assert {entry.mask for entry in read_layout(root).splits["test"]} == {None}


def test_refusal_names_the_first_problem_and_counts_the_others(
    synthetic_data: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.rmtree(root / "test")
    (root / "train" / "notes.txt").touch()
    with pytest.raises(DataError) as raised:
        read_layout(root)
    message = str(raised.value)
    assert message.startswith(f"{root}/test: this split is missing; add it")
    assert message.endswith(f"(2 problems in all: pass-ops data validate {root})")
    assert "\n" not in message


def test_the_size_by_names_is_that_of_the_layout(synthetic_data: Path) -> None:
    assert size_by_names(synthetic_data) == (24, 6)
    train = synthetic_data / "train"
    assert size_by_names(train) == (len(read_layout(train).splits["train"]), 0) == (18, 0)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no such folder; check the path$"):
        read_layout(tmp_path / "nothing")
