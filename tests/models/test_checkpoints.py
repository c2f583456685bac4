"""Names of checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.models.checkpoints import checkpoint_path, epoch_of, list_checkpoints


def test_checkpoints_are_listed_by_epoch(tmp_path: Path) -> None:
    for epoch in (100, 5, 40):
        checkpoint_path(tmp_path, epoch).mkdir()
    (tmp_path / "notes").mkdir()
    checkpoints = list_checkpoints(tmp_path, "train_segmenter")
    assert [path.name for path in checkpoints] == ["epoch-0005", "epoch-0040", "epoch-0100"]
    assert [epoch_of(path) for path in checkpoints] == [5, 40, 100]


@pytest.mark.parametrize("folder", ["empty", "absent"])
def test_a_folder_without_checkpoints_names_the_stage_to_run(folder: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        ArtifactError, match=rf"{folder} holds no checkpoints: run train_segmenter again$"
    ):
        list_checkpoints(tmp_path / folder, "train_segmenter")
