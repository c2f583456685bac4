"""From tokens and image to masks and their predicted IoU (method 16.4)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn
from pass_ops.sam.network.layers import ChannelNorm, TwofoldUpscale
from pass_ops.sam.network.two_way_transformer import TwoWayTransformer
from pass_ops.sam.network.variants import SamConfig

OUTPUTS = 4
"""One mask for prompts that leave no doubt, then three for those that do."""
IOU_HIDDEN = 256
"""Hidden channels of the head that predicts IoU."""


class HeadMlp(nn.Module):
    """Three linear layers with ReLU between them, [..., inputs] to [..., outputs].

    Args:
        inputs, hidden, outputs: channels before, between and after the layers.
    """

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(inputs, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, outputs)]
        )

    def execute(self, x: jt.Var) -> jt.Var:
        first, second, last = self.layers
        return last(nn.relu(second(nn.relu(first(x)))))


class MaskDecoder(nn.Module):
    """From image embedding and prompt tokens to masks and their predicted IoU.

    Args:
        config: sizes of the model.
    """

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        width = config.prompt_width
        self.transformer = TwoWayTransformer(width, config.decoder_hidden, config.decoder_heads)
        self.iou_token = nn.Embedding(1, width)
        self.mask_tokens = nn.Embedding(OUTPUTS, width)
        self.output_upscaling = nn.Sequential(
            TwofoldUpscale(width, width // 4),
            ChannelNorm(width // 4),
            nn.GELU(),
            TwofoldUpscale(width // 4, width // 8),
            nn.GELU(),
        )
        self.output_hypernetworks_mlps = nn.ModuleList(
            [HeadMlp(width, width, width // 8) for _ in range(OUTPUTS)]
        )
        self.iou_prediction_head = HeadMlp(width, IOU_HIDDEN, OUTPUTS)

    def execute(
        self, *, image: jt.Var, positions: jt.Var, tokens: jt.Var | None, multimask: bool
    ) -> tuple[jt.Var, jt.Var]:
        """Decode B prompts.

        Args:
            image: embedding plus the dense prompt, [B, width, h, w].
            positions: encoded positions of its cells, [1, width, h, w].
            tokens: of the prompt, [B, n, width]; None where it has neither points nor box.
            multimask: three masks per prompt instead of one.

        Returns:
            Mask logits [B, m, 4h, 4w] and predicted IoU [B, m].
        """
        b, width, h, w = image.shape
        output_tokens = (
            jt.concat([self.iou_token.weight, self.mask_tokens.weight])
            .unsqueeze(0)
            .expand(b, 1 + OUTPUTS, width)
        )
        sequence = output_tokens if tokens is None else jt.concat([output_tokens, tokens], dim=1)
        sequence, cells = self.transformer(
            sequence,
            image.reshape(b, width, h * w).permute(0, 2, 1),
            positions.reshape(1, width, h * w).permute(0, 2, 1),
        )
        upscaled = self.output_upscaling(cells.permute(0, 2, 1).reshape(b, width, h, w))
        outputs = range(1, OUTPUTS) if multimask else range(1)
        weights = jt.stack(
            [self.output_hypernetworks_mlps[index](sequence[:, 1 + index]) for index in outputs],
            dim=1,
        )
        masks = nn.bmm(weights, upscaled.reshape(b, width // 8, -1)).reshape(
            b, len(outputs), 4 * h, 4 * w
        )
        return masks, self.iou_prediction_head(sequence[:, 0])[:, outputs.start : outputs.stop]
