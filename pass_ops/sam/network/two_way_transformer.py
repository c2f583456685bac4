"""The transformer between prompt tokens and image (method 16.4)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn
from pass_ops.sam.network.attention import attend, join_heads, split_heads
from pass_ops.sam.network.layers import LayerNorm, Mlp

LAYERS = 2
EPS = 1e-5
"""What the transformer's norms add to variances."""


class Attention(nn.Module):
    """Attention of n tokens to m tokens, [N, n, width].

    Args:
        width: channels of a token.
        inner: channels of queries, keys and values over all heads.
        heads: their number, a divisor of `inner`.
    """

    def __init__(self, width: int, inner: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, inner)
        self.k_proj = nn.Linear(width, inner)
        self.v_proj = nn.Linear(width, inner)
        self.out_proj = nn.Linear(inner, width)

    def execute(self, q: jt.Var, k: jt.Var, v: jt.Var) -> jt.Var:
        """Attend.

        Args:
            q: what queries are made of, [N, n, width].
            k, v: what keys and values are made of, [N, m, width] each.
        """
        outputs = attend(
            q=split_heads(self.q_proj(q), self.heads),
            k=split_heads(self.k_proj(k), self.heads),
            v=split_heads(self.v_proj(v), self.heads),
        )
        return self.out_proj(join_heads(outputs, self.heads))


class TwoWayLayer(nn.Module):
    """Tokens attend to themselves and to the image, then the image to the tokens.

    Args:
        width: channels of a token.
        hidden: channels between the layers of the MLP.
        heads: attention heads.
        first: whether the layer is the first, whose tokens are their own positions.
    """

    def __init__(self, *, width: int, hidden: int, heads: int, first: bool) -> None:
        super().__init__()
        self.first = first
        self.self_attn = Attention(width, width, heads)
        self.norm1 = LayerNorm(width, EPS)
        self.cross_attn_token_to_image = Attention(width, width // 2, heads)
        self.norm2 = LayerNorm(width, EPS)
        self.mlp = Mlp(width, hidden, nn.relu)
        self.norm3 = LayerNorm(width, EPS)
        self.norm4 = LayerNorm(width, EPS)
        self.cross_attn_image_to_token = Attention(width, width // 2, heads)

    def execute(
        self,
        *,
        tokens: jt.Var,
        image: jt.Var,
        token_positions: jt.Var,
        image_positions: jt.Var,
    ) -> tuple[jt.Var, jt.Var]:
        """Change tokens and image.

        Args:
            tokens, token_positions: [N, n, width] each.
            image, image_positions: [N, m, width] and [1, m, width].
        """
        if self.first:
            tokens = self.norm1(self.self_attn(tokens, tokens, tokens))
        else:
            queries = tokens + token_positions
            tokens = self.norm1(tokens + self.self_attn(queries, queries, tokens))
        tokens = self.norm2(
            tokens
            + self.cross_attn_token_to_image(
                tokens + token_positions, image + image_positions, image
            )
        )
        tokens = self.norm3(tokens + self.mlp(tokens))
        image = self.norm4(
            image
            + self.cross_attn_image_to_token(
                image + image_positions, tokens + token_positions, tokens
            )
        )
        return tokens, image


class TwoWayTransformer(nn.Module):
    """Two such layers, and a last attention of the tokens to the image.

    Args:
        width: channels of a token.
        hidden: channels between the layers of the MLPs.
        heads: attention heads.
    """

    def __init__(self, width: int, hidden: int, heads: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [
                TwoWayLayer(width=width, hidden=hidden, heads=heads, first=index == 0)
                for index in range(LAYERS)
            ]
        )
        self.final_attn_token_to_image = Attention(width, width // 2, heads)
        self.norm_final_attn = LayerNorm(width, EPS)

    def execute(self, tokens: jt.Var, image: jt.Var, positions: jt.Var) -> tuple[jt.Var, jt.Var]:
        """Change tokens and image.

        Args:
            tokens: [N, n, width].
            image: [N, m, width].
            positions: of the image's cells, [1, m, width].
        """
        token_positions = tokens
        for layer in self.layers:
            tokens, image = layer(
                tokens=tokens,
                image=image,
                token_positions=token_positions,
                image_positions=positions,
            )
        update = self.final_attn_token_to_image(tokens + token_positions, image + positions, image)
        return self.norm_final_attn(tokens + update), image
