"""Windows, relative positions and the layers that Jittor has not."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.sam.network.attention import LARGE, attend, join_heads, split_heads
from pass_ops.sam.network.layers import ChannelNorm, LayerNorm, TwofoldUpscale
from pass_ops.sam.network.relative import partition, relative_logits, unpartition

GENERATOR = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return GENERATOR.normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("size", [(4, 4), (6, 3), (5, 7)])
def test_windows_come_together_again(size: tuple[int, int]) -> None:
    x = normal(2, *size, 5)
    windows = partition(jt.array(x), 3)
    rows, columns = -(-size[0] // 3), -(-size[1] // 3)
    assert tuple(windows.shape) == (2 * rows * columns, 3, 3, 5)
    np.testing.assert_array_equal(to_numpy(unpartition(windows, size)), x)


def test_windows_are_cut_row_by_row_and_padded_with_zeros() -> None:
    x = normal(1, 4, 4, 2)
    padded = np.pad(x, ((0, 0), (0, 2), (0, 2), (0, 0)))
    expected = [padded[0, y : y + 3, x0 : x0 + 3] for y in (0, 3) for x0 in (0, 3)]
    np.testing.assert_array_equal(to_numpy(partition(jt.array(x), 3)), np.stack(expected))


@pytest.mark.parametrize("axis", [1, 2])
def test_relative_logits_equal_a_plain_loop(axis: int) -> None:
    side = 4
    queries, table = normal(3, side, side, 5), normal(2 * side - 1, 5)
    expected = np.zeros((3, side, side, side))
    for y in range(side):
        for x in range(side):
            for key in range(side):
                distance = (y, x)[axis - 1] - key
                expected[:, y, x, key] = queries[:, y, x] @ table[distance + side - 1]
    found = to_numpy(relative_logits(jt.array(queries), jt.array(table), axis))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_heads_come_together_again_and_attend_apart() -> None:
    q, k, v = normal(2, 5, 6), normal(2, 3, 6), normal(2, 3, 6)
    np.testing.assert_array_equal(to_numpy(join_heads(split_heads(jt.array(q), 2), 2)), q)
    found = to_numpy(join_heads(attend(*(split_heads(jt.array(x), 2) for x in (q, k, v))), 2))
    for head in (slice(0, 3), slice(3, 6)):
        logits = q[..., head] @ k[..., head].transpose(0, 2, 1) / np.sqrt(3)
        weights = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        np.testing.assert_allclose(found[..., head], weights @ v[..., head], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("side", [4, 32])
def test_both_parts_of_the_bias_are_added_however_large_the_square(side: int) -> None:
    n = side * side
    assert (n * n >= LARGE) == (side == 32)
    q, k, v, by_row, by_column = (normal(2, n, size) for size in (3, 3, 3, side, side))
    found = to_numpy(
        attend(*(jt.array(x) for x in (q, k, v)), (jt.array(by_row), jt.array(by_column)))
    )
    logits = (
        q @ k.transpose(0, 2, 1) / np.sqrt(3)
        + np.repeat(by_row, side, axis=2)
        + np.tile(by_column, side)
    )
    weights = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    np.testing.assert_allclose(found, weights @ v, rtol=1e-3, atol=1e-4)


def test_norms_standardise_channels_even_beside_a_huge_one() -> None:
    x = normal(2, 7, 3, 4)
    x[:, 0] += 1000
    expected = (x - x.mean(1, keepdims=True)) / np.sqrt(
        x.var(1, keepdims=True, dtype=np.float64) + 1e-6
    )
    np.testing.assert_allclose(
        to_numpy(ChannelNorm(7)(jt.array(x))), expected, rtol=1e-3, atol=1e-5
    )
    last = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    norm = LayerNorm(7, 1e-6)
    norm.weight.update(jt.array(np.float32([1, 2, 3, 4, 5, 6, 7])))
    norm.bias.update(jt.array(np.full(7, 0.5, np.float32)))
    found = to_numpy(norm(jt.array(last)))
    np.testing.assert_allclose(
        found, expected.transpose(0, 2, 3, 1) * np.arange(1, 8) + 0.5, rtol=1e-3, atol=1e-4
    )


def test_the_upscaling_is_a_transposed_convolution() -> None:
    layer = TwofoldUpscale(3, 2)
    weight, bias, x = normal(3, 2, 2, 2), normal(2), normal(2, 3, 4, 5)
    layer.weight.update(jt.array(weight))
    layer.bias.update(jt.array(bias))
    expected = np.zeros((2, 2, 8, 10))
    for dy in range(2):
        for dx in range(2):
            expected[:, :, dy::2, dx::2] = (
                np.einsum("nihw,io->nohw", x, weight[:, :, dy, dx]) + bias[:, None, None]
            )
    np.testing.assert_allclose(to_numpy(layer(jt.array(x))), expected, rtol=1e-4, atol=1e-5)
