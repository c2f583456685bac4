"""Windows of tokens, and positions relative to each other (method 16.2)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt, nn


def partition(x: jt.Var, side: int) -> jt.Var:
    """Cut a grid of tokens into windows, padded with zeros on the right and below.

    Args:
        x: [N, h, w, C].
        side: of a window, in tokens.

    Returns:
        [N · rows · columns, side, side, C].
    """
    n, h, w, channels = x.shape
    rows, columns = -(-h // side), -(-w // side)
    # An index outside x reads as 0.
    windows = x.reindex(
        [n, rows, columns, side, side, channels],
        ["i0", f"i1*{side}+i3", f"i2*{side}+i4", "i5"],
        overflow_value=0,
    )
    return windows.reshape(-1, side, side, channels)


def unpartition(windows: jt.Var, size: tuple[int, int]) -> jt.Var:
    """Put windows together again: [N, h, w, C], without the padding.

    Args:
        windows: from `partition`.
        size: (h, w) of the grid in tokens.
    """
    (h, w), (count, side, _, channels) = size, windows.shape
    rows, columns = -(-h // side), -(-w // side)
    n = count // (rows * columns)
    grid = windows.reshape((n, rows, columns, side, side, channels)).permute((0, 1, 3, 2, 4, 5))
    return grid.reshape(n, rows * side, columns * side, channels)[:, :h, :w]


def relative_logits(queries: jt.Var, table: jt.Var, axis: int) -> jt.Var:
    """Inner products of queries with the embeddings of their distances to every row or column.

    Args:
        queries: [B, side, side, d].
        table: [2 · side − 1, d]; entry side − 1 + δ belongs to the distance δ = query − key.
        axis: 1 for rows, 2 for columns.

    Returns:
        [B, side, side, side]: the last axis is the key's row or column.
    """
    b, side, _, _ = queries.shape
    # One product with every distance, then each query picks those it needs.
    products = nn.matmul_transpose(queries, table)
    return products.reindex([b, side, side, side], ["i0", "i1", "i2", f"i{axis}-i3+{side - 1}"])
