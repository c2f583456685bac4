"""An earlier output is told from what only has its name."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pass_ops.storage.forms import (
    ANY_FILE,
    FileForm,
    FolderForm,
    json_rows_with,
    json_with,
    table_with,
    text_from,
    zip_with,
)

WEIGHTS = FolderForm(
    {"model.json": json_with("epoch"), "model.bin": ANY_FILE}, {"maps/*.tar": ANY_FILE}
)
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("form", "text", "ours"),
    [
        (json_with("a", "b"), '{"a": 1, "b": 2, "c": 3}', True),
        (json_with("a", "b"), '{"a": 1}', False),
        (json_with("a"), '["a"]', False),
        (json_with("a"), "a", False),
        (json_with("a"), "", False),
        (json_with("a"), DEEP, False),
        (json_with("a"), "{}", False),
        (json_with("a", or_empty=True), "{}", True),
        (json_with("a", or_empty=True), "[]", False),
        (json_rows_with("a"), '[{"a": 1}, {"a": 2, "b": 3}]', True),
        (json_rows_with("a"), '[{"a": 1}, {"b": 3}]', False),
        (json_rows_with("a"), '{"a": 1}', False),
        (text_from("| a", "## "), "## heading", True),
        (text_from("| a", "## "), "# heading", False),
        (text_from("| a", "## "), "#", False),
        (table_with("a"), "a,b\n1,2\n", False),
        (zip_with("a", others=".png"), "PK", False),
    ],
)
def test_texts(tmp_path: Path, form: FileForm, text: str, ours: bool) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    assert form.stranger(path) == ("" if ours else "file is something else")


def test_files_at_any_depth(tmp_path: Path) -> None:
    form = FolderForm({"areas.json": json_with("a")}, {"labels/**/*.png": ANY_FILE})
    (tmp_path / "labels" / "inner" / "inmost").mkdir(parents=True)
    (tmp_path / "areas.json").write_text('{"a": 1}')
    for name in ("0.png", "inner/0.png", "inner/inmost/0.png"):
        (tmp_path / "labels" / name).touch()
    assert form.stranger(tmp_path) == ""
    (tmp_path / "labels" / "inner" / "0.jpg").touch()
    assert form.stranger(tmp_path) == "labels/inner/0.jpg is none of its files"
    (tmp_path / "labels" / "inner" / "0.jpg").unlink()
    (tmp_path / "1.png").touch()
    assert form.stranger(tmp_path) == "1.png is none of its files"
    (tmp_path / "1.png").unlink()
    (tmp_path / "others").mkdir()
    assert form.stranger(tmp_path) == "others is none of its folders"


def test_bytes_that_are_no_text_are_somebody_elses(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xff\xfe\x00{")
    assert json_with("a").stranger(path)
    assert text_from("a").stranger(path)


def test_tables(tmp_path: Path) -> None:
    path = tmp_path / "table"
    pd.DataFrame({"key": ["a"], "label": [1]}).to_parquet(path)
    assert table_with("key", "label").stranger(path) == ""
    assert table_with("key", "x").stranger(path) == "table is something else"


@pytest.mark.parametrize(
    ("names", "ours"),
    [(("a", "b/c.png"), True), (("a",), True), (("b/c.png",), False), (("a", "thesis"), False)],
)
def test_archives(tmp_path: Path, names: tuple[str, ...], ours: bool) -> None:
    path = tmp_path / "archive"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    assert (zip_with("a", others=".png").stranger(path) == "") == ours


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder of the form `WEIGHTS`."""
    folder = tmp_path / "weights"
    (folder / "maps").mkdir(parents=True)
    (folder / "model.json").write_text('{"epoch": 1}')
    (folder / "model.bin").touch()
    (folder / "maps" / "0.tar").touch()
    return folder


def test_a_folder_of_its_files_alone_is_ours(weights: Path) -> None:
    assert WEIGHTS.stranger(weights) == ""
    (weights / "maps" / "0.tar").unlink()
    assert WEIGHTS.stranger(weights) == ""
    (weights / "maps").rmdir()
    assert WEIGHTS.stranger(weights) == ""


@pytest.mark.parametrize(
    "name",
    ["notes.txt", ".hidden", "maps/notes.txt", "maps/deep/0.tar", "other/model.bin", "0.tar"],
)
def test_any_other_file_is_a_strangers(weights: Path, name: str) -> None:
    (weights / name).parent.mkdir(exist_ok=True)
    (weights / name).write_text("precious")
    assert WEIGHTS.stranger(weights).endswith((" is none of its files", " is none of its folders"))


def test_names_alone() -> None:
    assert [WEIGHTS.holds(name) for name in ("model.bin", "maps/1.tar")] == [True, True]
    for name in ("maps/1.txt", "maps", "tar", "deep/maps/1.tar", "deep/model.bin", "maps/../a.tar"):
        assert not WEIGHTS.holds(name)


def test_an_empty_folder_inside_is_a_strangers(weights: Path) -> None:
    (weights / "other").mkdir()
    assert WEIGHTS.stranger(weights) == "other is none of its folders"


def test_a_file_that_is_missing_or_another_makes_it_a_strangers(weights: Path) -> None:
    (weights / "model.json").write_text('{"name": "precious"}')
    assert WEIGHTS.stranger(weights) == "model.json is something else"
    (weights / "model.json").unlink()
    assert WEIGHTS.stranger(weights) == "model.json is missing"


@pytest.mark.parametrize("name", ["model.bin", "maps/0.tar", "maps"])
def test_a_link_inside_is_a_strangers(weights: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (weights / name).rename(elsewhere)
    (weights / name).symlink_to(elsewhere)
    assert WEIGHTS.stranger(weights)


def test_a_pipe_inside_is_a_strangers_and_is_not_waited_for(weights: Path) -> None:
    (weights / "model.json").unlink()
    os.mkfifo(weights / "model.json")
    assert WEIGHTS.stranger(weights) == "model.json is no regular file"
