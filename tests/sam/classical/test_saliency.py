"""Saliency."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.sam.classical.saliency import saliency
from tests.sam.scenes import Scene


def test_saliency_is_high_on_objects_and_low_on_background(scene: Scene) -> None:
    rgb, red, blue = scene
    values = saliency(rgb)
    assert values.dtype == np.float32
    assert 0 <= values.min() <= values.max() <= 1
    assert values[red].mean() > values[~(red | blue)].mean() + 0.5


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (7, 200)])
def test_images_of_few_pixels_say_nothing(shape: tuple[int, int]) -> None:
    np.testing.assert_array_equal(saliency(np.full((*shape, 3), 90, np.uint8)), 0.5)
