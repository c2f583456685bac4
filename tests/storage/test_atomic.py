"""Outputs appear whole or not at all, for everyone whom the umask lets read them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pass_ops.errors import StorageError
from pass_ops.storage.atomic import atomic_path, copy_file
from pass_ops.storage.forms import ANY_FILE, NEW_FILE, NEW_FOLDER, FolderForm

MAPS = FolderForm({}, {"old": ANY_FILE, "new": ANY_FILE})


@pytest.fixture(params=[0o022, 0o002, 0o027, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Every usual umask of a process, while a test lasts."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def rights(path: Path) -> int:
    """The last nine bits of a path's mode."""
    return path.stat().st_mode & 0o777


def test_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "scores.json"
    with atomic_path(path, NEW_FILE) as temporary:
        temporary.write_text("{}")
        assert not path.exists()
        assert temporary.parent.parent == path.parent
        assert temporary.suffix == ".json"
    assert path.read_text() == "{}"
    assert list(path.parent.iterdir()) == [path]


def test_file_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with atomic_path(path, ANY_FILE) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_folder_replaces_the_old_one_with_all_its_files(tmp_path: Path) -> None:
    path = tmp_path / "maps"
    path.mkdir()
    (path / "old").touch()
    with atomic_path(path, MAPS) as temporary:
        temporary.mkdir()
        (temporary / "new").touch()
    assert [file.name for file in path.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_takes_the_place_of_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "maps"
    path.mkdir()
    with atomic_path(path, NEW_FOLDER) as temporary:
        temporary.mkdir()
        (temporary / "new").touch()
    assert [file.name for file in path.iterdir()] == ["new"]


def test_what_comes_to_stand_there_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "maps"

    def write_while_others_do(temporary: Path) -> None:
        temporary.mkdir()
        path.mkdir()
        (path / "notes").write_text("precious")

    with pytest.raises(StorageError, match="notes is none"), atomic_path(path, MAPS) as temporary:
        write_while_others_do(temporary)
    assert (path / "notes").read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_something_else_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("precious")
    with pytest.raises(StorageError), atomic_path(path, NEW_FILE):
        pytest.fail("the block must not run")
    assert path.read_text() == "precious"


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

    with pytest.raises(KeyboardInterrupt), atomic_path(path, ANY_FILE) as temporary:
        write_half(temporary)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_writers_of_the_same_output_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with atomic_path(path, ANY_FILE) as first:
        first.write_text("first")
        with atomic_path(path, ANY_FILE) as second:
            second.write_text("second")
        assert path.read_text() == "second"
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_forgetting_to_write_is_an_error_and_keeps_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "maps"
    path.mkdir()
    (path / "old").touch()
    with pytest.raises(FileNotFoundError), atomic_path(path, MAPS):
        pass
    assert [file.name for file in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_replaces_the_file_that_was_there(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_text("new")
    target.write_text("old")
    copy_file(source, target, ANY_FILE)
    assert (source.read_text(), target.read_text()) == ("new", "new")
    assert sorted(tmp_path.iterdir()) == [source, target]


def test_whatever_wrote_them_files_and_folders_have_the_rights_of_the_umask(
    tmp_path: Path, umask: int
) -> None:
    path = tmp_path / "weights"
    with atomic_path(path, NEW_FOLDER) as temporary:
        Path(tempfile.mkdtemp(dir=tmp_path)).rename(temporary)
        save_file({"a": np.zeros(1, np.float32)}, temporary / "model.safetensors")
        (temporary / "wide").touch()
        (temporary / "wide").chmod(0o777)
        (temporary / "inner").mkdir(0o700)
        (temporary / "inner" / "narrow").touch(0o400)
    assert rights(path) == rights(path / "inner") == 0o777 & ~umask
    for name in ("model.safetensors", "wide", "inner/narrow"):
        assert rights(path / name) == 0o666 & ~umask


def test_a_file_alone_has_the_rights_of_the_umask(tmp_path: Path, umask: int) -> None:
    handle, source = tempfile.mkstemp(dir=tmp_path)
    os.close(handle)
    copy_file(Path(source), tmp_path / "copy", NEW_FILE)
    with atomic_path(tmp_path / "moved", NEW_FILE) as temporary:
        Path(source).rename(temporary)
    assert rights(tmp_path / "copy") == rights(tmp_path / "moved") == 0o666 & ~umask


def test_a_name_as_long_as_the_system_takes_it(tmp_path: Path) -> None:
    path = tmp_path / f"{'a' * 250}.json"
    with atomic_path(path, NEW_FILE) as temporary:
        temporary.touch()
    assert path.is_file()
