"""The image encoder: a vision transformer with windows and relative positions (method 16.2)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn
from pass_ops.sam.network.attention import attend, join_heads, split_heads
from pass_ops.sam.network.layers import ENCODER_EPS, ChannelNorm, LayerNorm, Mlp
from pass_ops.sam.network.relative import partition, relative_logits, unpartition
from pass_ops.sam.network.variants import SamConfig


class PatchEmbedding(nn.Module):
    """One token per patch: [N, 3, S, S] to [N, S / patch, S / patch, width].

    Args:
        width: channels of a token.
        patch: side of a patch in pixels.
    """

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv(3, width, patch, patch)

    def execute(self, images: jt.Var) -> jt.Var:
        return self.proj(images).permute(0, 2, 3, 1)


class Attention(nn.Module):
    """Self-attention over a square of tokens, with decomposed relative positions.

    [N, side, side, width] to [N, side, side, width].

    Args:
        width: channels of a token.
        heads: their number, a divisor of `width`.
        side: of the square, in tokens.
    """

    def __init__(self, width: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.rel_pos_h = jt.zeros((2 * side - 1, width // heads))
        self.rel_pos_w = jt.zeros((2 * side - 1, width // heads))

    def execute(self, x: jt.Var) -> jt.Var:
        n, side, _, width = x.shape
        tokens = side * side
        qkv = self.qkv(x).reshape(n, tokens, 3 * width)
        q, k, v = (split_heads(part, self.heads) for part in qkv.chunk(3, dim=2))
        grid = q.reshape(-1, side, side, width // self.heads)
        by_row = relative_logits(grid, self.rel_pos_h, axis=1).reshape(-1, tokens, side)
        by_column = relative_logits(grid, self.rel_pos_w, axis=2).reshape(-1, tokens, side)
        outputs = join_heads(attend(q=q, k=k, v=v, bias=(by_row, by_column)), self.heads)
        return self.proj(outputs.reshape(n, side, side, width))


class Block(nn.Module):
    """Attention and MLP, each normalised before and added to its input.

    [N, h, w, width] to [N, h, w, width].

    Args:
        config: sizes of the model.
        window: side in tokens of the windows to attend in; 0 for the whole grid.
    """

    def __init__(self, config: SamConfig, window: int) -> None:
        super().__init__()
        self.window = window
        self.norm1 = LayerNorm(config.width, ENCODER_EPS)
        self.attn = Attention(config.width, config.heads, window or config.grid)
        self.norm2 = LayerNorm(config.width, ENCODER_EPS)
        self.mlp = Mlp(config.width, 4 * config.width, nn.gelu)

    def execute(self, x: jt.Var) -> jt.Var:
        residual = self.norm1(x)
        if self.window:
            windows = self.attn(partition(residual, self.window))
            residual = unpartition(windows, (x.shape[1], x.shape[2]))
        else:
            residual = self.attn(residual)
        x = x + residual
        return x + self.mlp(self.norm2(x))


class ImageEncoder(nn.Module):
    """Preprocessed images [N, 3, S, S] to embeddings [N, prompt_width, S / patch, S / patch].

    Args:
        config: sizes of the model.
    """

    def __init__(self, config: SamConfig) -> None:
        super().__init__()
        self.patch_embed = PatchEmbedding(config.width, config.patch)
        self.pos_embed = jt.zeros((1, config.grid, config.grid, config.width))
        self.blocks = nn.ModuleList(
            [
                Block(config, 0 if index in config.global_blocks else config.window)
                for index in range(config.depth)
            ]
        )
        self.neck = nn.Sequential(
            nn.Conv(config.width, config.prompt_width, 1, bias=False),
            ChannelNorm(config.prompt_width),
            nn.Conv(config.prompt_width, config.prompt_width, 3, padding=1, bias=False),
            ChannelNorm(config.prompt_width),
        )

    def execute(self, images: jt.Var) -> jt.Var:
        x = self.blocks(self.patch_embed(images) + self.pos_embed)
        return self.neck(x.permute(0, 3, 1, 2))
