"""Room for outputs, before a stage begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pass_ops.paths import CrfMapsPath, FeaturesPath, MarkdownPath, RegionsPath
from pass_ops.stages.room.images import require_room_for

COUNTS = {"train": 10**10, "validation": 10, "test": 5}


@pytest.mark.parametrize(
    ("kind", "split", "what"),
    [
        (RegionsPath, "train", "10000000000 images of 96 KiB take 9.83e+08 MB"),
        (CrfMapsPath, None, "10000000015 images of 6 KiB take 6.144e+07 MB"),
        (FeaturesPath, None, "10000000000 images of 8 KiB take 8.192e+07 MB"),
    ],
)
def test_outputs_that_do_not_fit(tmp_path: Path, kind: object, split: str, what: str) -> None:
    path = tmp_path / "not" / "there"
    with pytest.raises(StorageError) as raised:
        require_room_for({path: kind}, COUNTS, split)
    line = str(raised.value)
    assert line.startswith(f"{path}: ")
    assert f"MB are free there, and {what}; free some" in line


def test_outputs_that_fit(tmp_path: Path) -> None:
    outputs = {tmp_path / "a": RegionsPath, tmp_path / "b": FeaturesPath}
    require_room_for(outputs | {tmp_path / "c": MarkdownPath}, COUNTS | {"train": 3}, None)
    require_room_for(outputs, COUNTS | {"train": 3}, "held_out")
