"""What is passed over in folders: hidden files, and what operating systems leave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pass_ops.data.user_files.entries import (
    is_passed_over,
    list_folder,
    passed_over,
    subfolders,
)

NAMES = (".DS_Store", "._a.png", ".ipynb_checkpoints", "Thumbs.db", "THUMBS.DB", "__MACOSX")


@pytest.mark.parametrize("name", NAMES)
def test_litter_is_passed_over(name: str) -> None:
    assert is_passed_over(Path(name))
    assert is_passed_over(Path("a") / name)


@pytest.mark.parametrize("name", ["a.png", "Thumbs", "macosx", "thumbs.db.png", "_MACOSX"])
def test_nothing_else_is(name: str) -> None:
    assert not is_passed_over(Path(name))


def test_every_entry_is_either_listed_or_passed_over(tmp_path: Path) -> None:
    for name in (*NAMES, "b", "a.png"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    (tmp_path / ".hidden").mkdir()
    paths, problems = list_folder(tmp_path)
    assert problems == []
    assert [path.name for path in paths] == ["a.png", "b", "folder", "link"]
    assert {path.name for path in (*paths, *passed_over([tmp_path]))} == set(os.listdir(tmp_path))
    assert [path.name for path in subfolders(tmp_path)] == ["folder", "link"]


def test_a_folder_that_is_not_there_is_a_problem_and_holds_nothing(tmp_path: Path) -> None:
    paths, (problem,) = list_folder(tmp_path / "nothing")
    assert paths == [] == passed_over([tmp_path / "nothing"])
    assert problem.file == str(tmp_path / "nothing")
