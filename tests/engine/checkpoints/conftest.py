"""Checkpoints of a training that is nothing but a counter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.snapshot import Snapshot

Open = Callable[..., Checkpoints]


def snapshot_at(step: int, folders: tuple[Path, ...] = ()) -> Snapshot:
    """The state after a step."""
    arrays = {"weight": np.full((2, 3), step, np.float32), "empty": np.zeros((0, 8), np.float32)}
    return Snapshot(arrays=arrays, values={"counted": step}, folders=folders)


def save(checkpoints: Checkpoints, step: int) -> None:
    """Keep the state after a step, and wait until it is written."""
    checkpoints.save(epoch=step // 2, step=step, snapshot=snapshot_at(step))
    assert checkpoints.last


def names(folder: Path) -> list[str]:
    """Names of the checkpoints in a folder."""
    return sorted(path.name for path in folder.glob("step-*"))


@pytest.fixture
def open_checkpoints(tmp_path: Path) -> Open:
    """Opens the checkpoints in `tmp_path`; settings, data and code can be given."""

    def make(
        *, remote: str = "", minutes: float = 60, stays: bool = True, **changes: object
    ) -> Checkpoints:
        identity = {"stage": "pretrain", "settings": {"epochs": "12"}, "data": "d", "code": "c"}
        return Checkpoints(
            identity=Identity(**identity | changes),
            root=tmp_path / "root",
            remote=remote,
            minutes=minutes,
            stays=stays,
        )

    return make
