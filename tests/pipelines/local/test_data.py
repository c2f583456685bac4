"""The data set of a local run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.data.layout import read_layout
from pass_ops.errors import DataError
from pipelines.local.data import find_data


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"DATA={tmp_path}/x: no such folder"):
        find_data(f"{tmp_path}/x", tmp_path)


def test_the_synthetic_set_is_written_once(tmp_path: Path) -> None:
    folder = find_data("none", tmp_path)
    assert set(read_layout(folder).splits) >= {"train", "validation", "test"}
    before = folder.stat().st_mtime_ns
    assert find_data("none", tmp_path) == folder
    assert folder.stat().st_mtime_ns == before
