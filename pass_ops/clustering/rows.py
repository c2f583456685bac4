"""Descriptors as the rows of a matrix: unit rows, and distances between rows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.storage.opening import regular_file

Rows = NDArray[np.float32]

EPSILON = 1e-12


CHUNK = 2**12
"""Rows that are worked on at once, so that what is made of them does not grow with their number."""


def load_rows(path: Path) -> Rows:
    """The rows in an `.npy` file, float32 [N, D], mapped into memory: read as they are used.

    Raises:
        OSError, ValueError: there is no such file, or it holds something else, or numbers that are
            not finite.
    """
    rows = np.load(regular_file(path), mmap_mode="r", allow_pickle=False)
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.dtype != np.float32:
        raise ValueError(f"{path.name} is no table of 32-bit numbers")
    if not rows.size or not all(np.isfinite(rows[chunk]).all() for chunk in chunks(len(rows))):
        raise ValueError(f"{path.name} holds no numbers, or some that are not finite")
    return np.ascontiguousarray(rows)


def chunks(count: int) -> Iterator[slice]:
    """The places of `count` rows, `CHUNK` by `CHUNK`."""
    return (slice(start, start + CHUNK) for start in range(0, count, CHUNK))


def rows_on_disk(count: int, width: int) -> Rows:
    """Room for rows, float32 [count, width], in a temporary file without a name.

    Descriptors of a million images are gigabytes, which are to be the file system's to keep or to
    write out. The file goes when the array does.

    Args:
        count, width: of the rows.
    """
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, np.float32, "w+", shape=(count, width))


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
