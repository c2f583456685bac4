"""Outputs appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.storage.atomic import atomic_path, copy_file


def test_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "scores.json"
    with atomic_path(path) as temporary:
        temporary.write_text("{}")
        assert not path.exists()
        assert temporary.parent == path.parent
        assert temporary.suffix == ".json"
    assert path.read_text() == "{}"
    assert list(path.parent.iterdir()) == [path]


def test_file_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with atomic_path(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_folder_replaces_the_old_one_with_all_its_files(tmp_path: Path) -> None:
    path = tmp_path / "maps"
    path.mkdir()
    (path / "old").touch()
    with atomic_path(path) as temporary:
        temporary.mkdir()
        (temporary / "new").touch()
    assert [file.name for file in path.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_failure_leaves_what_was_there(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def write_half(temporary: Path) -> None:
        if kind == "folder":
            temporary.mkdir()
            (temporary / "half").touch()
        else:
            temporary.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), atomic_path(path) as temporary:
        write_half(temporary)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_forgetting_to_write_is_an_error_and_keeps_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "maps"
    path.mkdir()
    (path / "old").touch()
    with pytest.raises(FileNotFoundError), atomic_path(path):
        pass
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_replaces_the_file_that_was_there(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text("new")
    target.write_text("old")
    copy_file(source, target)
    assert (source.read_text(), target.read_text()) == ("new", "new")
    assert sorted(tmp_path.iterdir()) == [source, target]
