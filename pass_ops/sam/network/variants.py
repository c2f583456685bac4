"""Sizes of the Segment Anything models (method 16.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited


@dataclass(frozen=True, kw_only=True)
class SamConfig:
    """Sizes of a model; defaults are those of ViT-B.

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

    width: int = limited(default=768, low=1)
    depth: int = limited(default=12, low=1)
    heads: int = limited(default=12, low=1)
    global_blocks: tuple[int, ...] = limited(default=(2, 5, 8, 11), low=0)
    image_side: int = limited(default=1024, low=1)
    patch: int = limited(default=16, low=1)
    window: int = limited(default=14, low=1)
    prompt_width: int = limited(default=256, low=8)
    decoder_heads: int = limited(default=8, low=1)
    decoder_hidden: int = limited(default=2048, low=1)

    @property
    def grid(self) -> int:
        """Tokens per side of the image."""
        return self.image_side // self.patch


# By the names of the official checkpoint files.
VARIANTS = {
    "vit_b": SamConfig(),
    "vit_l": SamConfig(width=1024, depth=24, heads=16, global_blocks=(5, 11, 17, 23)),
    "vit_h": SamConfig(width=1280, depth=32, heads=16, global_blocks=(7, 15, 23, 31)),
}
