from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.sizes import size_groups


@pytest.mark.parametrize(
    ("area", "size"),
    [(1, "s"), (50, "s"), (51, "ms"), (250, "ms"), (251, "ml"), (500, "ml"), (501, "l"), (1000, "l")],
)
def test_limits_are_inclusive_after_rounding_up(area, size):
    groups = size_groups(np.array([1000 - area, 0, area]))
    assert {name: ids.tolist() for name, ids in groups.items()} == {size: [0, 2]}


def test_classes_of_one_size_share_a_group_and_background_is_in_each():
    groups = size_groups(np.array([300, 20, 600, 30, 50]))
    assert {name: ids.tolist() for name, ids in groups.items()} == {"s": [0, 1, 3, 4], "l": [0, 2]}


def test_background_alone_has_no_size():
    assert size_groups(np.array([100, 0, 0])) == {}
