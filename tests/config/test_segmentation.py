"""Settings of steps 5 and 6."""

from __future__ import annotations

import pytest

from pass_ops.config.segmentation import SegmentationConfig


@pytest.mark.parametrize(
    ("epochs", "every", "kept"),
    [(1, 1, [1]), (3, 1, [1, 2, 3]), (8, 2, [2, 4, 6, 8]), (9, 2, [2, 4, 6, 8, 9]), (3, 5, [3])],
)
def test_checkpoints_are_as_many_as_epochs_that_keep_one(
    epochs: int, every: int, kept: list[int]
) -> None:
    config = SegmentationConfig(epochs=epochs, checkpoint_every=every)
    assert config.checkpoints == len(kept)
