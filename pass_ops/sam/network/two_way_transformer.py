"""The transformer between prompt tokens and image (method 16.4)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn
from pass_ops.sam.network.attention import attend, join_heads, split_heads
from pass_ops.sam.network.layers import LayerNorm, Mlp

LAYERS = 2
EPS = 1e-5


class Attention(nn.Module):
    """Attention from [N, n, width] to [N, m, width] with `inner` channels over all heads."""

    def __init__(self, width: int, inner: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, inner)
        self.k_proj = nn.Linear(width, inner)
        self.v_proj = nn.Linear(width, inner)
        self.out_proj = nn.Linear(inner, width)

    def execute(self, q: jt.Var, k: jt.Var, v: jt.Var) -> jt.Var:
        attended = attend(
            q=split_heads(self.q_proj(q), self.heads),
            k=split_heads(self.k_proj(k), self.heads),
            v=split_heads(self.v_proj(v), self.heads),
        )
        return self.out_proj(join_heads(attended, self.heads))


class TwoWayLayer(nn.Module):
    """Tokens attend to themselves and to the image, then the image to the tokens; `first` has no
    positions to add yet.
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
        self, tokens: jt.Var, image: jt.Var, token_places: jt.Var, places: jt.Var
    ) -> tuple[jt.Var, jt.Var]:
        if self.first:
            tokens = self.norm1(self.self_attn(tokens, tokens, tokens))
        else:
            placed = tokens + token_places
            tokens = self.norm1(tokens + self.self_attn(placed, placed, tokens))
        tokens = self.norm2(
            tokens + self.cross_attn_token_to_image(tokens + token_places, image + places, image)
        )
        tokens = self.norm3(tokens + self.mlp(tokens))
        image = self.norm4(
            image + self.cross_attn_image_to_token(image + places, tokens + token_places, tokens)
        )
        return tokens, image


class TwoWayTransformer(nn.Module):
    """Two such layers and a last look of the tokens at the image."""

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

    def execute(self, tokens: jt.Var, image: jt.Var, places: jt.Var) -> tuple[jt.Var, jt.Var]:
        """Change tokens [N, n, width] and image [N, m, width]; `places` [1, m, width] are the
        image's positions.
        """
        token_places = tokens
        for layer in self.layers:
            tokens, image = layer(tokens, image, token_places, places)
        looked = self.final_attn_token_to_image(tokens + token_places, image + places, image)
        return self.norm_final_attn(tokens + looked), image
