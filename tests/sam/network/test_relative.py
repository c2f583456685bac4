"""Windows of tokens, and positions relative to each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.sam.network.relative import partition, relative_logits, unpartition

Normal = Callable[..., NDArray[np.float32]]


@pytest.mark.parametrize("size", [(4, 4), (6, 3), (5, 7)])
def test_windows_come_together_again(normal: Normal, size: tuple[int, int]) -> None:
    x = normal(2, *size, 5)
    windows = partition(jt.array(x), 3)
    rows, columns = -(-size[0] // 3), -(-size[1] // 3)
    assert tuple(windows.shape) == (2 * rows * columns, 3, 3, 5)
    np.testing.assert_array_equal(to_numpy(unpartition(windows, size)), x)


def test_windows_are_cut_row_by_row_and_padded_with_zeros(normal: Normal) -> None:
    x = normal(1, 4, 4, 2)
    padded = np.pad(x, ((0, 0), (0, 2), (0, 2), (0, 0)))
    expected = [padded[0, y : y + 3, x0 : x0 + 3] for y in (0, 3) for x0 in (0, 3)]
    np.testing.assert_array_equal(to_numpy(partition(jt.array(x), 3)), np.stack(expected))


@pytest.mark.parametrize("axis", [1, 2])
def test_relative_logits_equal_a_plain_loop(normal: Normal, axis: int) -> None:
    side = 4
    queries, table = normal(3, side, side, 5), normal(2 * side - 1, 5)
    expected = np.zeros((3, side, side, side))
    for y in range(side):
        for x in range(side):
            for key in range(side):
                distance = (y, x)[axis - 1] - key
                expected[:, y, x, key] = queries[:, y, x] @ table[distance + side - 1]
    logits = relative_logits(jt.array(queries), jt.array(table), axis)
    np.testing.assert_allclose(to_numpy(logits), expected, rtol=1e-4, atol=1e-5)
