"""Step 1 as a function of its settings."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.representation import PretrainConfig
from pass_ops.data.images import Images
from pass_ops.engine.training import Metrics
from pass_ops.representation.pretrain import pretrain
from pass_ops.tracking.tracker import NullTracker, Tracker


def pretrain_into(
    folder: Path, images: Images, config: PretrainConfig, tracker: Tracker | None = None
) -> Metrics:
    """Train on images; returns the last epoch's metrics.

    Args:
        folder: for the weights, `last`, `initial` and `checkpoints`.
        images: to train on.
        config: of the training.
        tracker: given its metrics and files, if any.
    """
    return pretrain(
        images=images,
        config=config,
        output=folder / "last",
        initial=folder / "initial",
        tracker=tracker or NullTracker(),
    )
