"""How well masks stand out from what surrounds them."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.sam.classical.separability import separability
from tests.sam.scenes import disc


def test_separability_of_equal_and_different_colours() -> None:
    mask = disc(height=40, width=60, x=30, y=20, radius=8)
    rgb = np.where(mask[..., None], np.uint8([200, 10, 10]), np.uint8([10, 10, 200]))
    assert separability(rgb, mask) == 1
    assert separability(np.full_like(rgb, 80), mask) == 0
    # About half of this one is background, all of what is around it: 1 − √(1/2).
    assert separability(rgb, disc(height=40, width=60, x=30, y=20, radius=11)) == pytest.approx(
        0.29, abs=0.05
    )
    assert separability(rgb, np.zeros_like(mask)) == separability(rgb, np.ones_like(mask)) == 0
