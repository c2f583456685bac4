"""Boxes around masks."""

from __future__ import annotations

import numpy as np

from pass_ops.sam.box import bounding_box


def test_boxes_have_exclusive_maxima() -> None:
    mask = np.zeros((5, 7), bool)
    mask[2, 3] = True
    assert bounding_box(mask) == (3, 2, 4, 3)
    mask[4, 0] = True
    assert bounding_box(mask) == (0, 2, 4, 5)
