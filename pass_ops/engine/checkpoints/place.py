"""Where checkpoints are kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.elsewhere import CheckpointsElsewhere
from pass_ops.engine.checkpoints.identity import identity_of
from pass_ops.engine.checkpoints.share import Share
from pass_ops.engine.ranks.world import is_first
from pass_ops.storage.addresses import is_s3

PLACE = "PASS_CHECKPOINTS"
"""Environment variable: a folder or an `s3://bucket/prefix` for the checkpoints of all trainings,
whatever runs they belong to."""
BESIDE = ".checkpoints"
"""Folder beside a training's output, where no place is named, or before they are sent to S3."""


class TrainingConfig(Protocol):
    """What the settings of every training have."""

    @property
    def checkpoint_minutes(self) -> float:
        """Most minutes between two checkpoints."""


def checkpoints_of(
    *,
    stage: str,
    config: TrainingConfig,
    keys: Iterable[str],
    artifacts: Iterable[Path],
    output: Path,
) -> Checkpoints:
    """The checkpoints of a training, where the environment says.

    Args:
        stage: the training's name.
        config: dataclass of its settings.
        keys: of its images.
        artifacts: files and folders that it reads besides, see `identity_of`.
        output: what it writes.

    Raises:
        StorageError: the place is an address of another kind than S3.
    """
    settings: Any = config
    return checkpoints_at(
        stage=stage,
        settings=asdict(settings),
        keys=keys,
        artifacts=artifacts,
        output=output,
        minutes=config.checkpoint_minutes,
    )


def checkpoints_at(
    *,
    stage: str,
    settings: Mapping[str, Any],
    keys: Iterable[str],
    artifacts: Iterable[Path],
    output: Path,
    minutes: float,
    share: Share | None = None,
) -> Checkpoints:
    """The checkpoints of a stage's work, where the environment says.

    Args:
        stage, settings, keys, artifacts: whose they are, see `identity_of`.
        output: what the stage writes.
        minutes: most between two checkpoints.
        share: of the work; None for the whole.

    Raises:
        StorageError: the place is an address of another kind than S3.
    """
    place = os.environ.get(PLACE, "").rstrip("/")
    remote = place if is_s3(place) else ""
    if not is_first():
        return CheckpointsElsewhere(folder_of_checkpoints(output))
    identity = identity_of(stage=stage, settings=settings, keys=keys, artifacts=artifacts)
    return Checkpoints(
        identity=replace(identity, share=share.folder if share else ""),
        root=folder_of_checkpoints(output),
        remote=remote,
        minutes=minutes,
        stays=bool(place) and not remote,
    )


def folder_of_checkpoints(output: Path) -> Path:
    """Where a stage's checkpoints lie on this machine, for good or before they are sent to S3.

    Args:
        output: what the stage writes.

    Raises:
        StorageError: the place is an address of another kind than S3.
    """
    place = os.environ.get(PLACE, "").rstrip("/")
    return Path(place) if place and not is_s3(place) else output.parent / BESIDE
