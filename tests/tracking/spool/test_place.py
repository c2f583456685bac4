"""Where spools are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.tracking.spool.place import make_spool, spools


@pytest.fixture(autouse=True)
def _server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PASS_SPOOL", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://user:secret@a")


def test_each_server_has_a_folder_that_does_not_tell_its_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = spools()
    assert first.is_relative_to(tmp_path)
    assert "secret" not in str(first)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://b")
    assert spools() != first
    monkeypatch.setenv("PASS_SPOOL", "/elsewhere")
    assert spools() == Path("/elsewhere")


def test_spools_sort_by_their_beginning() -> None:
    made = [make_spool(print).folder.name for _ in range(3)]
    assert made == sorted(made)


def test_a_folder_that_cannot_be_made_is_named_and_another_one_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PASS_SPOOL", str(tmp_path / "file" / "spool"))
    said: list[str] = []
    spool = make_spool(said.append)
    assert spool.folder.is_dir()
    (line,) = said
    assert line.startswith(f"{tmp_path}/file/spool: Not a directory; ")
    assert str(spool.folder.parent) in line
