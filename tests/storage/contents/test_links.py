"""Second places of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pass_ops.storage.contents.links import link_or_copy


def test_it_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"abc")
    link_or_copy(tmp_path / "weights", tmp_path / "other")
    assert (tmp_path / "other").samefile(tmp_path / "weights")


def test_on_another_file_system_it_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("Invalid cross-device link")

    (tmp_path / "weights").write_bytes(b"abc")
    monkeypatch.setattr(os, "link", refuse)
    link_or_copy(str(tmp_path / "weights"), str(tmp_path / "other"))
    assert (tmp_path / "other").read_bytes() == b"abc"
    assert not (tmp_path / "other").samefile(tmp_path / "weights")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        link_or_copy(tmp_path / "absent", tmp_path / "other")
