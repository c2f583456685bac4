"""The parts of a mask that are worth keeping."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.classical.components import main_components

LARGE, SMALL = np.s_[2:12, 2:12], np.s_[14:17, 14:17]


def two_squares() -> NDArray[np.bool_]:
    """One of 100 pixels with a hole of one, and one of 9."""
    mask = np.zeros((20, 20), bool)
    mask[LARGE] = mask[SMALL] = True
    mask[6, 6] = False
    return mask


def test_small_components_go_and_small_holes_close() -> None:
    mask = main_components(two_squares(), [])
    assert mask[LARGE].all()
    assert mask.sum() == 100


def test_a_component_with_a_point_stays() -> None:
    mask = main_components(two_squares(), [(15, 15)])
    assert mask[SMALL].all()
    assert mask.sum() == 109


def test_a_point_on_the_background_adds_nothing() -> None:
    assert main_components(two_squares(), [(0, 19)]).sum() == 100
