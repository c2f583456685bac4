"""Batches that a data set cannot fill, found before anything begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pass_ops.errors import ConfigError


def require_full_batches(stages: Mapping[str, Mapping[str, Any]], images: int) -> None:
    """Refuse settings of a run with a training whose batch is larger than its training split.

    A training drops its last batch where that is not full, so it would have none. Of some images a
    training may see fewer, which only it can know: `engine.training.Plan`.

    Args:
        stages: settings of every stage, by its key.
        images: of the training split.

    Raises:
        ConfigError: names every such setting.
    """
    large = [
        f"{name}.batch_size ({values['batch_size']})"
        for name, values in stages.items()
        if "optimiser" in values and values["batch_size"] > images
    ]
    if large:
        raise ConfigError(
            f"the {images} training images do not fill a batch of {', '.join(large)}: lower "
            f"{'it' if len(large) == 1 else 'these'} to {images} at most, or add training images"
        )
