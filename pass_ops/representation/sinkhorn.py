"""Balanced soft codes by Sinkhorn–Knopp (method 4.5)."""

from __future__ import annotations

from pass_ops.engine.jittor import jt


def sinkhorn(scores: jt.Var, epsilon: float, iterations: int) -> jt.Var:
    """Codes of samples over prototypes.

    Args:
        scores: [N, P] similarities of samples and prototypes.
        epsilon: smoothness; codes approach one-hot as it falls.
        iterations: rounds of row and column normalisation.

    Returns:
        [N, P] without gradient; every row sums to 1, columns have about equal mass.
    """
    count, prototypes = scores.shape
    scores = scores.detach()
    # Subtracting a prototype's maximum scales its column, which the first division undoes; exp
    # stays in float32's range.
    codes = jt.exp((scores - scores.max(0, keepdims=True)) / epsilon)
    for _ in range(iterations):
        codes = codes / codes.sum(0, keepdims=True) / prototypes
        codes = codes / codes.sum(1, keepdims=True) / count
    return (codes * count).stop_grad()
