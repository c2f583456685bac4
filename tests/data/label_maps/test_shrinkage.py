"""How much foreground a step may take away (method 10.1, 10.3)."""

from __future__ import annotations

import numpy as np

from pass_ops.data.label_maps.shrinkage import shrinkage, unless_shrunk

BEFORE = np.array([[1, 2, 2, 1, 0]], np.int32)
AFTER = np.array([[0, 2, 0, 0, 0]], np.int32)


def test_shrinkage_is_the_part_of_the_foreground_that_is_gone() -> None:
    assert shrinkage(BEFORE, AFTER) == 0.75
    assert shrinkage(BEFORE, np.array([[1, 1, 1, 1, 1]], np.int32)) == -0.25
    assert shrinkage(np.zeros_like(BEFORE), BEFORE) == 0


def test_labels_stay_where_more_is_gone_than_may_be() -> None:
    assert unless_shrunk(before=BEFORE, after=AFTER, most=0.74) is BEFORE
    assert unless_shrunk(before=BEFORE, after=AFTER, most=0.75) is AFTER
    assert unless_shrunk(before=BEFORE, after=0 * BEFORE, most=1).sum() == 0
