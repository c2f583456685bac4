"""Segment Anything, put together: arrays in, arrays out (method 16)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, nn, to_numpy
from pass_ops.sam.network.image_encoder import ImageEncoder
from pass_ops.sam.network.mask_decoder import MaskDecoder
from pass_ops.sam.network.prompt_encoder import PromptEncoder
from pass_ops.sam.network.variants import SamConfig

Floats = NDArray[np.float32]


class Sam(nn.Module):
    """The three parts, with the parameter names of the official checkpoints.

    Args:
        config: sizes of the model.
    """

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = ImageEncoder(config)
        self.prompt_encoder = PromptEncoder(config)
        self.mask_decoder = MaskDecoder(config)

    def encode(self, pixels: Floats) -> Floats:
        """Embedding [prompt_width, grid, grid] of a preprocessed image [3, side, side]."""
        with jt.no_grad():
            return to_numpy(self.image_encoder(jt.array(pixels[None])))[0]

    def decode(
        self,
        *,
        embedding: Floats,
        points: Floats,
        labels: NDArray[np.int32],
        mask_logits: Floats | None,
        multimask: bool,
    ) -> tuple[jt.Var, jt.Var]:
        """Answer B prompts about one image; the answers stay on the device.

        Args:
            embedding: from `encode`.
            points: [B, n, 2], x and y in pixels of the padded image; n may be 0.
            labels: [B, n], see `prompt_encoder`.
            mask_logits: [B, 4 grid, 4 grid] or None.
            multimask: three masks per prompt instead of one.

        Returns:
            Mask logits [B, m, 4 grid, 4 grid] and predicted IoU [B, m].
        """
        with jt.no_grad():
            tokens = self.prompt_encoder.tokens(points, labels) if points.shape[1] else None
            image = jt.array(embedding[None]) + self.prompt_encoder.dense(mask_logits)
            image = image.expand(len(points), *image.shape[1:])
            masks, scores = self.mask_decoder(
                image=image,
                positions=self.prompt_encoder.positions(),
                tokens=tokens,
                multimask=multimask,
            )
            return masks, scores
