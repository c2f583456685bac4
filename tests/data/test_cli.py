"""`pass-ops data`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pass_ops.data.cli import app
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import StorageError


def run(*arguments: object) -> tuple[int, list[str]]:
    """Exit status and printed lines of `pass-ops data` with these arguments."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output.splitlines()


@pytest.mark.parametrize("form", ["folder", "packed", "pointer file"])
def test_validate_a_good_set(
    form: str, synthetic_data: Path, packed_synthetic: DatasetPointer
) -> None:
    packed = Path(packed_synthetic.uri)
    source = {"folder": synthetic_data, "packed": packed, "pointer file": packed / "pointer.json"}[
        form
    ]
    status, lines = run("validate", source)
    assert status == 0
    assert lines[-1] == f"no problems in {source}"


def test_validate_lists_problems_and_fails(synthetic_data: Path, tmp_path: Path) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    shutil.rmtree(root / "test")
    (root / "train" / "notes.txt").touch()
    status, lines = run("validate", root)
    assert status == 1
    assert lines[-3:] == [
        f"{root}/test: this split is missing; add it, with a folder per category; "
        "photographs without classes: name their folder, in which no folder may be called train",
        f"{root}/train/notes.txt: a file where only category folders belong; move it "
        "into the folder of its category, or out of the set",
        f"2 problems in {root}",
    ]


def test_a_folder_with_a_colon_in_its_name_is_a_folder(
    synthetic_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(synthetic_data, "set:1")
    for _ in range(2):
        assert run("pack", "set:1", "run:1/packed")[0] == 0
        assert run("validate", "run:1/packed")[1][-1] == "no problems in run:1/packed"
        Path("run:1/packed/images/train-00000.tar").write_bytes(b"damaged")
    assert run("validate", "run:1/packed")[0] == 1


def test_pack_prints_the_pointer(
    synthetic_data: Path, packed_synthetic: DatasetPointer, tmp_path: Path
) -> None:
    status, lines = run("pack", synthetic_data, tmp_path / "{digest}")
    assert status == 0
    printed = json.loads("\n".join(lines[lines.index("{") :]))
    assert printed["digest"] == packed_synthetic.digest
    assert (tmp_path / printed["digest"] / "index.parquet").is_file()


def test_synthesize(tmp_path: Path) -> None:
    assert run("synthesize", tmp_path / "data", "--seed", 5) == (0, [])
    assert len(list((tmp_path / "data" / "train").rglob("*.JPEG"))) == 240
    with pytest.raises(StorageError, match="is there already"):
        run("synthesize", tmp_path / "data")
