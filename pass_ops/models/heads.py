"""Projection, prediction and attention heads (method 3.2)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn
from pass_ops.models.functional import l2_normalise


class Projection(nn.Sequential):
    """Image vectors [N, inputs] to embeddings [N, outputs].

    Args:
        inputs, hidden, outputs: channels before, between and after the two linear layers.
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
    """Feature maps [N, inputs, h, w] to pixel embeddings [N, outputs, h, w].

    Args:
        inputs, hidden, outputs: channels before, between and after the three 1 × 1 convolutions.
    """

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__(
            *(nn.Conv(inputs, hidden, 1, bias=False), nn.BatchNorm(hidden), nn.ReLU()),
            *(nn.Conv(hidden, hidden, 1, bias=False), nn.BatchNorm(hidden), nn.ReLU()),
            nn.Conv(hidden, outputs, 1, bias=False),
            nn.BatchNorm(outputs, affine=False),
        )


class PixelPredictor(nn.Sequential):
    """Pixel embeddings to predictions of the other view's, [N, channels, h, w] both.

    Args:
        channels: of a pixel embedding.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv(channels, channels, 1, bias=False),
            nn.BatchNorm(channels),
            nn.ReLU(),
            nn.Conv(channels, channels, 1),
        )


class PixelAttention(nn.Module):
    """Channel-wise attention of every position, [N, channels, h, w] in (0, 1).

    Public checkpoints call it `fbg`.

    Args:
        channels: of the features.
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
        """Map normalised features to attention, [N, channels, h, w] both."""
        return jt.sigmoid(self.layers(x) + self.offset)


class Prototypes(nn.Linear):
    """Maps unit embeddings [N, features] to scores [N, prototypes]: cosines with unit prototypes.

    Args:
        features: length of an embedding and of a prototype.
        prototypes: how many.
    """

    def __init__(self, features: int, prototypes: int) -> None:
        super().__init__(features, prototypes, bias=False)

    def normalise(self) -> None:
        """Bring every row back to unit length, outside the graph (method 4.8)."""
        self.weight.update(l2_normalise(self.weight).stop_grad())
        # In Jittor 1.3.11 a variable takes over the stop-gradient mark of what it is updated with.
        self.weight.start_grad()
