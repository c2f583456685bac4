"""Points, boxes and masks as tokens (method 16.3)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, nn
from pass_ops.sam.network.layers import ChannelNorm
from pass_ops.sam.network.variants import SamConfig
from pass_ops.sam.preprocess import BOX_END, PADDING


class FourierPositions(nn.Module):
    """Random Fourier features of coordinates in [0, 1]: [..., 2] to [..., channels].

    Args:
        channels: of the features, an even number.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.positional_encoding_gaussian_matrix = jt.zeros((2, channels // 2))

    def execute(self, coordinates: jt.Var) -> jt.Var:
        angles = nn.matmul(2 * coordinates - 1, self.positional_encoding_gaussian_matrix) * (
            2 * math.pi
        )
        return jt.concat([jt.sin(angles), jt.cos(angles)], dim=-1)


class PromptEncoder(nn.Module):
    """Sparse tokens of points and box corners, and a dense map of a mask prompt.

    Args:
        config: sizes of the model.
    """

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        self.image_side, self.grid = config.image_side, config.grid
        width = config.prompt_width
        self.pe_layer = FourierPositions(width)
        self.point_embeddings = nn.ModuleList([nn.Embedding(1, width) for _ in range(4)])
        self.not_a_point_embed = nn.Embedding(1, width)
        self.no_mask_embed = nn.Embedding(1, width)
        self.mask_downscaling = nn.Sequential(
            *(nn.Conv(1, 4, 2, 2), ChannelNorm(4), nn.GELU()),
            *(nn.Conv(4, 16, 2, 2), ChannelNorm(16), nn.GELU()),
            nn.Conv(16, width, 1),
        )

    def tokens(self, points: NDArray[np.float32], labels: NDArray[np.int32]) -> jt.Var:
        """Tokens of points and box corners, [B, n, width].

        Args:
            points: [B, n, 2], x and y in pixels of the padded image.
            labels: [B, n] in −1…3: padding, outside, inside, first and last corner.
        """
        kinds = (labels[:, :, None] == np.arange(PADDING, BOX_END + 1)).astype(np.float32)
        embeddings = jt.concat(
            [self.not_a_point_embed.weight, *(kind.weight for kind in self.point_embeddings)]
        )
        positions = self.pe_layer(
            jt.array((points + np.float32(0.5)) / np.float32(self.image_side))
        )
        has_position = jt.array((labels != PADDING).astype(np.float32)[:, :, None])
        return positions * has_position + nn.matmul(jt.array(kinds), embeddings)

    def dense(self, mask_logits: NDArray[np.float32] | None) -> jt.Var:
        """What a mask prompt adds to the image embedding, [B, width, grid, grid].

        Without one it is the same at every position, [1, width, 1, 1].

        Args:
            mask_logits: [B, 4 · grid, 4 · grid] or None.
        """
        if mask_logits is None:
            return self.no_mask_embed.weight.reshape(1, -1, 1, 1)
        return self.mask_downscaling(jt.array(mask_logits[:, None]))

    def positions(self) -> jt.Var:
        """Encoded centres of the image embedding's cells, [1, width, grid, grid]."""
        centres = (np.arange(self.grid, dtype=np.float32) + 0.5) / self.grid
        x, y = np.meshgrid(centres, centres)
        return (
            self.pe_layer(jt.array(np.stack([x, y], axis=-1).astype(np.float32)))
            .permute(2, 0, 1)
            .unsqueeze(0)
        )
