"""A disk that fills up while a checkpoint is written: the last one stays as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pass_ops.engine.checkpoints.snapshot import Snapshot
from tests.engine.checkpoints.conftest import Open, names, save
from tests.storage.small_disks import small_disk


def test_the_last_checkpoint_outlives_a_full_disk(
    open_checkpoints: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "root", "2m") as disk:
        with open_checkpoints() as checkpoints:
            save(checkpoints, 1)
            before = disk.files()
            large = Snapshot(arrays={"w": np.ones(150_000, np.float32)}, values={}, folders=())
            with disk.nearly_full(300_000):
                checkpoints.save(epoch=1, step=2, snapshot=large)
                assert checkpoints.last == "step-0000000001"
            assert names(checkpoints.folder) == ["step-0000000001"]
            assert disk.files() == before
            # There is room again.
            checkpoints.save(epoch=1, step=3, snapshot=large)
            assert checkpoints.last == "step-0000000003"
        printed = capsys.readouterr().out
        assert printed.count("no checkpoint was kept: ") == 1
        assert "work goes on" in printed
        with open_checkpoints() as checkpoints:
            found = checkpoints.newest()
            assert found is not None
            assert found[0].step == 3
