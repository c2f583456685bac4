"""What outputs may not take the place of, each in one line."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pass_ops.storage.forms import ANY_FILE, NEW_FILE, NEW_FOLDER, FolderForm, Form, json_with
from pass_ops.storage.outputs import require_free

OURS = FolderForm({"model.json": json_with("epoch")})


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "notes").touch()


def make_ours(path: Path) -> None:
    path.mkdir()
    (path / "model.json").write_text('{"epoch": 1}')


def make_link(path: Path) -> None:
    make_ours(path.parent / "elsewhere")
    path.symlink_to(path.parent / "elsewhere")


@pytest.mark.parametrize(
    ("make", "form", "message"),
    [
        (make_folder, OURS, "no earlier output of this kind (notes is none of its files)"),
        (make_folder, NEW_FILE, "is a folder already, where a file is to be written"),
        (Path.mkdir, ANY_FILE, "is a folder already, where a file is to be written"),
        (make_ours, NEW_FOLDER, "is there already; choose another folder"),
        (Path.touch, OURS, "is a file already, where a folder is to be written"),
        (Path.touch, NEW_FILE, "is there already; choose another file"),
        (os.mkfifo, ANY_FILE, "(output is no regular file)"),
        (make_link, OURS, "is a symbolic link"),
        (make_link, ANY_FILE, "is a symbolic link"),
        (lambda path: path.symlink_to("nowhere"), OURS, "is a symbolic link"),
        (lambda path: path.symlink_to("/dev/null"), ANY_FILE, "is a symbolic link"),
    ],
)
def test_what_is_there_is_kept(
    tmp_path: Path, make: Callable[[Path], None], form: Form, message: str
) -> None:
    path = tmp_path / "output"
    make(path)
    with pytest.raises(StorageError, match=rf"^{path}: .*{re.escape(message)}") as raised:
        require_free(path, form)
    assert "\n" not in str(raised.value)
    assert "; choose another " in str(raised.value)


@pytest.mark.parametrize("name", [".", "..", "a/..", "/", "", "../.."])
@pytest.mark.parametrize("form", [OURS, ANY_FILE])
def test_a_name_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, form: Form
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StorageError, match=f"no name of a {form.noun} to write"):
        require_free(Path(name), form)


def test_nothing_an_empty_folder_and_an_earlier_output_are_free(tmp_path: Path) -> None:
    require_free(tmp_path / "new" / "deep", OURS)
    require_free(tmp_path / "new", ANY_FILE)
    (tmp_path / "empty").mkdir()
    require_free(tmp_path / "empty", OURS)
    make_ours(tmp_path / "ours")
    require_free(tmp_path / "ours", OURS)
    require_free(tmp_path / "ours" / ".." / "ours", OURS)


def test_a_link_on_the_way_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "runs").symlink_to("disk")
    require_free(tmp_path / "runs" / "weights", OURS)
    make_folder(tmp_path / "disk" / "weights")
    with pytest.raises(StorageError):
        require_free(tmp_path / "runs" / "weights", OURS)


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_what_is_no_folder_holds_no_output(tmp_path: Path, kind: str) -> None:
    parent = tmp_path / "parent"
    parent.touch() if kind == "file" else parent.symlink_to("nowhere")
    with pytest.raises(StorageError, match=f"{parent} is no folder; choose another place"):
        require_free(parent / "new" / "weights", OURS)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(0o500)
    with pytest.raises(StorageError, match="locked cannot be written to"):
        require_free(tmp_path / "locked" / "new" / "weights", OURS)


def test_a_name_that_the_system_does_not_take(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="File name too long; choose another folder"):
        require_free(tmp_path / ("a" * 300), OURS)


@pytest.mark.parametrize("form", [OURS, ANY_FILE])
@pytest.mark.parametrize(
    ("output", "relation"),
    [("in", "is the input itself"), ("in/a/b", "lies in the input"), ("", "holds the input")],
)
def test_inputs_are_no_place_for_outputs(
    tmp_path: Path, output: str, relation: str, form: Form
) -> None:
    source = tmp_path / "in"
    make_ours(source)
    (tmp_path / "link").symlink_to(tmp_path)
    for path in (tmp_path / output, tmp_path / "link" / ".." / tmp_path.name / output):
        with pytest.raises(StorageError, match=f"^{path}: {relation}"):
            require_free(path, form, ["", "s3://bucket/in", source])


def test_the_neighbour_of_an_input_is_free(tmp_path: Path) -> None:
    make_ours(tmp_path / "in")
    for name in ("in2", "i", "other/in"):
        require_free(tmp_path / name, OURS, [tmp_path / "in", str(tmp_path / "missing")])
