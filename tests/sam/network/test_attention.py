"""Attention of many heads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.sam.network.attention import MAX_BATCHED_LOGITS, attend, join_heads, split_heads

Normal = Callable[..., NDArray[np.float32]]


def plain_attention(
    products: NDArray[np.float32], v: NDArray[np.float32], bias: NDArray[np.float32] | float = 0
) -> NDArray[np.float32]:
    """softmax(products / √3 + bias) v, for heads of three channels.

    Args:
        products: of queries and keys, [N, n, m].
        v: values [N, m, 3].
        bias: [N, n, m], or one number.
    """
    weights = np.exp(products / np.sqrt(3) + bias)
    return weights / weights.sum(-1, keepdims=True) @ v


def test_heads_come_together_again_and_attend_apart(normal: Normal) -> None:
    q, k, v = normal(2, 5, 6), normal(2, 3, 6), normal(2, 3, 6)
    np.testing.assert_array_equal(to_numpy(join_heads(split_heads(jt.array(q), 2), 2)), q)
    heads = {name: split_heads(jt.array(x), 2) for name, x in (("q", q), ("k", k), ("v", v))}
    outputs = to_numpy(join_heads(attend(**heads), 2))
    for head in (slice(0, 3), slice(3, 6)):
        expected = plain_attention(q[..., head] @ k[..., head].transpose(0, 2, 1), v[..., head])
        np.testing.assert_allclose(outputs[..., head], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("side", [4, 32])
def test_both_parts_of_the_bias_are_added_however_large_the_square(
    normal: Normal, side: int
) -> None:
    n = side * side
    assert (n * n >= MAX_BATCHED_LOGITS) == (side == 32)
    q, k, v, by_row, by_column = (normal(2, n, size) for size in (3, 3, 3, side, side))
    outputs = attend(
        q=jt.array(q),
        k=jt.array(k),
        v=jt.array(v),
        bias=(jt.array(by_row), jt.array(by_column)),
    )
    bias = np.repeat(by_row, side, axis=2) + np.tile(by_column, side)
    expected = plain_attention(q @ k.transpose(0, 2, 1), v, bias)
    np.testing.assert_allclose(to_numpy(outputs), expected, rtol=1e-3, atol=1e-4)
