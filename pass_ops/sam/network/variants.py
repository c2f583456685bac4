"""Sizes of the Segment Anything models (method 16.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited


@dataclass(frozen=True)
class SamConfig:
    """Defaults are those of ViT-B.

    Attributes:
        width: channels of the encoder's tokens.
        depth: its blocks.
        heads: attention heads of a block.
        global_blocks: indices of the blocks that attend over the whole grid of tokens; the others
            see windows.
        image_side: side of the padded square image in pixels.
        patch: side of a token in pixels.
        window: side of a window in tokens.
        prompt_width: channels of the image embedding and of the prompt tokens.
        decoder_heads: attention heads of the two-way transformer.
        decoder_hidden: hidden width of its MLPs.
    """

    width: int = limited(768, 1)
    depth: int = limited(12, 1)
    heads: int = limited(12, 1)
    global_blocks: tuple[int, ...] = limited((2, 5, 8, 11), 0)
    image_side: int = limited(1024, 1)
    patch: int = limited(16, 1)
    window: int = limited(14, 1)
    prompt_width: int = limited(256, 8)
    decoder_heads: int = limited(8, 1)
    decoder_hidden: int = limited(2048, 1)

    @property
    def grid(self) -> int:
        """Tokens per side of the image."""
        return self.image_side // self.patch

    @property
    def low_side(self) -> int:
        """Side of the decoder's masks, and of mask prompts."""
        return 4 * self.grid


VARIANTS = {
    "vit_b": SamConfig(),
    "vit_l": SamConfig(width=1024, depth=24, heads=16, global_blocks=(5, 11, 17, 23)),
    "vit_h": SamConfig(width=1280, depth=32, heads=16, global_blocks=(7, 15, 23, 31)),
}
