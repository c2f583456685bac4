"""Projection, prediction and attention heads (method 3.2)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn


class Projection(nn.Sequential):
    """Image vectors [N, inputs] to embeddings [N, outputs]: linear, BatchNorm, ReLU, linear,
    BatchNorm without affine.
    """

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__(
            nn.Linear(inputs, hidden),
            nn.BatchNorm(hidden),
            nn.ReLU(),
            nn.Linear(hidden, outputs),
            nn.BatchNorm(outputs, affine=False),
        )


class PixelProjection(nn.Sequential):
    """Feature maps [N, inputs, h, w] to pixel embeddings [N, outputs, h, w] by three 1 × 1
    convolutions.
    """

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__(
            nn.Conv(inputs, hidden, 1, bias=False),
            nn.BatchNorm(hidden),
            nn.ReLU(),
            nn.Conv(hidden, hidden, 1, bias=False),
            nn.BatchNorm(hidden),
            nn.ReLU(),
            nn.Conv(hidden, outputs, 1, bias=False),
            nn.BatchNorm(outputs, affine=False),
        )


class PixelPredictor(nn.Sequential):
    """Pixel embeddings to predictions of the other view's, [N, channels, h, w] both."""

    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv(channels, channels, 1, bias=False),
            nn.BatchNorm(channels),
            nn.ReLU(),
            nn.Conv(channels, channels, 1),
        )


class PixelAttention(nn.Module):
    """Channel-wise attention of every position, [N, channels, h, w] in (0, 1); `fbg` in public
    checkpoints.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv(channels, channels, 1),
            nn.BatchNorm(channels),
            nn.ReLU(),
            nn.Conv(channels, channels, 1),
            nn.BatchNorm(channels),
        )
        self.offset = jt.zeros((1, channels, 1, 1))

    def execute(self, x: jt.Var) -> jt.Var:
        return jt.sigmoid(self.layers(x) + self.offset)


class Prototypes(nn.Linear):
    """Prototype matrix [prototypes, features]; maps embeddings [N, features] to scores [N,
    prototypes].
    """

    def __init__(self, features: int, prototypes: int) -> None:
        super().__init__(features, prototypes, bias=False)

    def normalise(self) -> None:
        """Bring every row back to unit length, outside the graph (method 4.8)."""
        norms = jt.sqrt((self.weight * self.weight).sum(1, keepdims=True) + 1e-12)
        self.weight.update((self.weight / norms).stop_grad())
        self.weight.start_grad()
