"""Weights of several epochs: a folder of weights folders `epoch-<finished epochs>`."""

from __future__ import annotations

from pathlib import Path

from pass_ops.errors import ArtifactError
from pass_ops.paths import WeightsPath


def checkpoint_path(folder: Path, epoch: int) -> WeightsPath:
    """Where the weights of an epoch lie.

    Args:
        folder: of all the training's checkpoints.
        epoch: number of finished epochs.
    """
    return WeightsPath(folder / f"epoch-{epoch:04d}")


def list_checkpoints(folder: Path, stage: str) -> list[WeightsPath]:
    """The weights folders of a training, from the first epoch to the last.

    Args:
        folder: of all the training's checkpoints.
        stage: that writes them, for the error.

    Raises:
        ArtifactError: there are none.
    """
    paths = [WeightsPath(path) for path in sorted(folder.glob("epoch-*"))]
    if not paths:
        raise ArtifactError(f"{folder} holds no checkpoints: run {stage} again")
    return paths


def epoch_of(checkpoint: Path) -> int:
    """Number of finished epochs, by the folder's name."""
    return int(checkpoint.name.removeprefix("epoch-"))
