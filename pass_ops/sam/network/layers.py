"""Layers that the encoder and the decoder share."""

from __future__ import annotations

from collections.abc import Callable

from pass_ops.engine.jittor import jt, nn

ENCODER_EPS = 1e-6
"""What the image encoder, and every norm over channels, adds to variances."""


def standardise(x: jt.Var, dim: int, eps: float) -> jt.Var:
    """Zero mean and unit variance along `dim`.

    The variance is that of the centred values: a few channels of trained encoders are so large that
    E[x²] − E[x]², which the layers of Jittor 1.3.11 compute, loses digits.

    Args:
        x: of any shape.
        dim: the axis.
        eps: added to the variance.
    """
    centred = x - x.mean(dim, keepdims=True)
    return centred / jt.sqrt((centred * centred).mean(dim, keepdims=True) + eps)


class LayerNorm(nn.Module):
    """Standardises the last axis of [..., channels].

    Args:
        channels: of the last axis.
        eps: added to the variance.
    """

    def __init__(self, channels: int, eps: float) -> None:
        super().__init__()
        self.weight = jt.ones((channels,))
        self.bias = jt.zeros((channels,))
        self.eps = eps

    def execute(self, x: jt.Var) -> jt.Var:
        return standardise(x, x.ndim - 1, self.eps) * self.weight + self.bias


class ChannelNorm(nn.Module):
    """Standardises the channels of [N, channels, h, w] at every position.

    Args:
        channels: of the second axis.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = jt.ones((channels,))
        self.bias = jt.zeros((channels,))

    def execute(self, x: jt.Var) -> jt.Var:
        shape = (1, -1, 1, 1)
        return standardise(x, 1, ENCODER_EPS) * self.weight.reshape(shape) + self.bias.reshape(
            shape
        )


class Mlp(nn.Module):
    """Two linear layers, [..., channels] to [..., channels].

    Args:
        channels: of the last axis.
        hidden: channels between the layers.
        activation: between the layers.
    """

    def __init__(self, channels: int, hidden: int, activation: Callable[[jt.Var], jt.Var]) -> None:
        super().__init__()
        self.lin1 = nn.Linear(channels, hidden)
        self.lin2 = nn.Linear(hidden, channels)
        self.activation = activation

    def execute(self, x: jt.Var) -> jt.Var:
        return self.lin2(self.activation(self.lin1(x)))


class TwofoldUpscale(nn.Module):
    """Transposed convolution with kernel 2 and stride 2: every position becomes a square of 2 × 2.

    [N, inputs, h, w] to [N, outputs, 2h, 2w]. The squares don't overlap, so one matrix product does
    it.

    Args:
        inputs, outputs: channels before and after.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = jt.zeros((inputs, outputs, 2, 2))
        self.bias = jt.zeros((outputs,))

    def execute(self, x: jt.Var) -> jt.Var:
        n, inputs, h, w = x.shape
        outputs = self.bias.shape[0]
        squares = nn.matmul(x.permute(0, 2, 3, 1), self.weight.reshape(inputs, outputs * 4))
        squares = squares.reshape((n, h, w, outputs, 2, 2)).permute((0, 3, 1, 4, 2, 5))
        return squares.reshape(n, outputs, 2 * h, 2 * w) + self.bias.reshape(1, outputs, 1, 1)
