"""Layers that Jittor has not, or not as exact."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.sam.network.layers import ChannelNorm, LayerNorm, TwofoldUpscale

Normal = Callable[..., NDArray[np.float32]]


def test_norms_standardise_channels_even_beside_a_huge_one(normal: Normal) -> None:
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
    np.testing.assert_allclose(
        to_numpy(norm(jt.array(last))),
        expected.transpose(0, 2, 3, 1) * np.arange(1, 8) + 0.5,
        rtol=1e-3,
        atol=1e-4,
    )


def test_the_upscaling_is_a_transposed_convolution(normal: Normal) -> None:
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
