"""Regions of even colour."""

from __future__ import annotations

import numpy as np

from pass_ops.sam.classical.colour_regions import MAX_AREA, MIN_AREA, colour_regions
from tests.sam.scenes import Scene


def test_masks_have_the_size_that_was_asked_for(scene: Scene) -> None:
    regions = colour_regions(scene[0], (180, 280))
    assert regions
    for region in regions:
        assert region.mask.shape == (180, 280)
        assert 0.9 * MIN_AREA <= region.mask.mean() <= 1.1 * MAX_AREA


def test_an_image_of_one_colour_has_no_regions() -> None:
    assert colour_regions(np.full((30, 40, 3), 90, np.uint8), (30, 40)) == []
