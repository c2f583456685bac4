"""Scores in the place of a predicted IoU."""

from __future__ import annotations

import numpy as np

from pass_ops.sam.classical.score import mask_score
from tests.sam.scenes import Scene


def test_the_object_s_mask_scores_higher_than_others(scene: Scene) -> None:
    rgb, red, blue = scene
    prior = red.astype(np.float32)
    shifted = np.roll(red, 20, axis=1)
    best = mask_score(rgb, red, prior)
    assert 0.9 < best <= 1
    assert best > mask_score(rgb, shifted, prior)
    assert best > mask_score(rgb, blue, prior)


def test_masks_of_nothing_and_of_everything_score_0(scene: Scene) -> None:
    rgb, red, _ = scene
    prior = red.astype(np.float32)
    assert mask_score(rgb, np.zeros_like(red), prior) == 0
    assert mask_score(rgb, np.ones_like(red), prior) == 0
