"""Scaled dot-product attention of many heads."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn


def split_heads(x: jt.Var, heads: int) -> jt.Var:
    """[N, n, heads · d] to [N · heads, n, d]."""
    batch, n, channels = x.shape
    return x.reshape(batch, n, heads, channels // heads).permute(0, 2, 1, 3).reshape(batch * heads, n, channels // heads)


def join_heads(x: jt.Var, heads: int) -> jt.Var:
    """The inverse of `split_heads`."""
    batch, n, d = x.shape
    return x.reshape(batch // heads, heads, n, d).permute(0, 2, 1, 3).reshape(batch // heads, n, heads * d)


def attend(q: jt.Var, k: jt.Var, v: jt.Var) -> jt.Var:
    """softmax(q kᵀ / √d) v for [B, n, d], [B, m, d], [B, m, d]: [B, n, d]."""
    weights = nn.softmax(nn.bmm_transpose(q * q.shape[-1] ** -0.5, k), dim=-1)
    return nn.bmm(weights, v)
