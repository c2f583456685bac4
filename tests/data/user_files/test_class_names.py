"""Names of classes for people."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.layout import read_layout
from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.data.user_files.class_names import (
    check_class_names,
    class_names_text,
    read_class_names,
)
from pass_ops.data.user_files.imagenet_names import IMAGENET_NAMES
from pass_ops.errors import DataError

FOLDERS = ("n01440764", "n02012849", "n03126707", "n90000001")
TEXT = """n01440764 tench, Tinca tinca
n02012849 crane

n03126707 crane
n00000000 not of this set
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list of names."""
    path = tmp_path / "names.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def data(synthetic_data: Path, tmp_path: Path) -> Path:
    """A data set of its own."""
    return shutil.copytree(synthetic_data, tmp_path / "set")


def test_the_first_name_counts_and_equal_ones_are_told_apart(file: Path) -> None:
    names = read_class_names(file, FOLDERS)
    assert names == ("tench", "crane (n02012849)", "crane (n03126707)", "n90000001")
    assert list(check_class_names(file)) == []
    file.write_text(class_names_text(FOLDERS, names), encoding="utf-8")
    assert read_class_names(file, FOLDERS) == names


def test_without_the_file_folders_give_the_names(tmp_path: Path) -> None:
    assert read_class_names(tmp_path / "names.txt", FOLDERS) == FOLDERS
    assert list(check_class_names(tmp_path / "names.txt")) == []
    assert class_names_text(FOLDERS, FOLDERS) == ""


def test_classes_of_imagenet_s50_have_names_which_the_file_may_change(file: Path) -> None:
    folders = ("n01443537", "n12998815", *FOLDERS)
    assert read_class_names(file.parent / "none", folders)[:3] == ("goldfish", "agaric", FOLDERS[0])
    file.write_text("n12998815 mushroom\n", encoding="utf-8")
    assert read_class_names(file, folders)[:3] == ("goldfish", "mushroom", FOLDERS[0])
    assert len(IMAGENET_NAMES) == len(set(IMAGENET_NAMES.values())) == 50
    assert list(IMAGENET_NAMES) == sorted(IMAGENET_NAMES)


def test_a_folder_and_the_packed_set_have_the_same_names(data: Path, tmp_path: Path) -> None:
    (data / "names.txt").write_text("n90000002 square, of dots\n", encoding="utf-8")
    for pointer in (locate(str(data)), pack(data, str(tmp_path / "packed"))):
        truth = open_ground_truth(pointer, "validation", tmp_path)
        assert truth.names[:3] == ("n90000001", "square", "n90000003")
        assert truth.categories[1] == "n90000002"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"n1 a\nn1 b\n", "2 lines for n1; leave one"),
        (b"n1\n", "no name for n1"),
        (b"n1 Background\n", "n1 is called 'Background'"),
        (b"n1 caf\xe9\n", "save it as UTF-8"),
    ],
)
def test_problems(content: bytes, message: str, data: Path) -> None:
    (data / "names.txt").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_layout(data)
