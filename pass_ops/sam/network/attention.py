"""Scaled dot-product attention of many heads."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn

MAX_BATCHED_LOGITS = 2**20
"""Logits of a head from which, on a CPU, heads go one by one.

oneDNN, which Jittor 1.3.11 uses for single matrices only, multiplies these four times as fast as
Jittor's own loop multiplies batches of them.
"""


def split_heads(x: jt.Var, heads: int) -> jt.Var:
    """Put heads beside images: [N, n, heads · d] to [N · heads, n, d].

    Args:
        x: of N images with n tokens each.
        heads: their number.
    """
    batch, n, channels = x.shape
    return (
        x.reshape(batch, n, heads, channels // heads)
        .permute(0, 2, 1, 3)
        .reshape(batch * heads, n, channels // heads)
    )


def join_heads(x: jt.Var, heads: int) -> jt.Var:
    """The inverse of `split_heads`: [N · heads, n, d] to [N, n, heads · d].

    Args:
        x: of all heads.
        heads: their number.
    """
    batch, n, d = x.shape
    return (
        x.reshape(batch // heads, heads, n, d)
        .permute(0, 2, 1, 3)
        .reshape(batch // heads, n, heads * d)
    )


def attend(*, q: jt.Var, k: jt.Var, v: jt.Var, bias: tuple[jt.Var, jt.Var] | None = None) -> jt.Var:
    """softmax(q kᵀ / √d + bias) v, [B, n, d].

    Args:
        q: queries [B, n, d].
        k, v: keys and values [B, m, d].
        bias: two parts [B, n, s], s² = m, of which key y · s + x gets the sum of entry y of the
            first and x of the second.
    """
    q = q * q.shape[-1] ** -0.5
    if jt.flags.use_cuda or q.shape[1] * k.shape[1] < MAX_BATCHED_LOGITS:
        logits = _biased(nn.bmm_transpose(q, k), bias)
        return nn.bmm(nn.softmax(logits, dim=-1), v)
    outputs = []
    for index in range(q.shape[0]):
        part = None if bias is None else (bias[0][index], bias[1][index])
        logits = _biased(nn.matmul_transpose(q[index], k[index]), part)
        outputs.append(nn.matmul(nn.softmax(logits, dim=-1), v[index]))
    return jt.stack(outputs)


def _biased(logits: jt.Var, bias: tuple[jt.Var, jt.Var] | None) -> jt.Var:
    """Logits plus both parts of the bias.

    Args:
        logits: [B, n, m], or [n, m] of one head.
        bias: see `attend`, with the axes that the logits have.
    """
    if bias is None:
        return logits
    by_row, by_column = bias
    square = (
        logits.reshape(*by_row.shape, by_column.shape[-1])
        + by_row.unsqueeze(-1)
        + by_column.unsqueeze(-2)
    )
    return square.reshape(logits.shape)
