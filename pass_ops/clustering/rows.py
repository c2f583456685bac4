"""Descriptors as the rows of a matrix: unit rows, and distances between rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]

EPSILON = 1e-12


def unit_rows(rows: Rows, epsilon: float = EPSILON, norms: Rows | None = None) -> Rows:
    """Divide each row by its L2 norm: `norm2` of method 0.3.

    Args:
        rows: float32 [N, D].
        epsilon: added to the norms, so that a row of zeros stays one. In float32 it changes no
            norm that is much larger: 1e-12 none above 1e-5.
        norms: float32 [N], the norms, where they are known.

    Returns:
        float32 [N, D].
    """
    if norms is None:
        norms = np.linalg.norm(rows, axis=1)
    return (rows / (norms[:, None] + epsilon)).astype(np.float32, copy=False)


def squared_norms(rows: Rows) -> Rows:
    """Squared L2 norms [N] of rows [N, D]."""
    squares: Rows = np.einsum("nd,nd->n", rows, rows)
    return squares


def squared_distances(rows: Rows, centroids: Rows) -> Rows:
    """Squared Euclidean distances [N, K].

    Args:
        rows: float32 [N, D].
        centroids: float32 [K, D].
    """
    products = rows @ centroids.T
    return np.maximum(squared_norms(rows)[:, None] + squared_norms(centroids) - 2 * products, 0)
