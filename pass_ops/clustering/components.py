"""Principal components of descriptors, in which groups of few images are found (method 6.2)."""

from __future__ import annotations

import numpy as np

from pass_ops.clustering.rows import Rows, chunks, rows_on_disk

NEGLIGIBLE = 1e-6
"""Part of the largest variance below which a direction holds rounding errors alone."""


def half_whitened(rows: Rows, components: int) -> Rows:
    """Principal components, each divided by the square root of its deviation, on disk.

    Args:
        rows: float32 [N, D], finite.
        components: the largest ones to keep.

    Returns:
        float32 [N, C]; C is `components`, or as many as there are if those are fewer.
    """
    mean = np.zeros(rows.shape[1])
    for chunk in chunks(len(rows)):
        mean += rows[chunk].sum(axis=0, dtype=np.float64) / len(rows)
    covariance = np.zeros((rows.shape[1], rows.shape[1]))
    for chunk in chunks(len(rows)):
        centred = rows[chunk] - mean
        covariance += centred.T @ centred / len(rows)
    variances, directions = (part[..., ::-1] for part in np.linalg.eigh(covariance))
    count = min(components, max(1, int((variances > NEGLIGIBLE * variances[0]).sum())))
    # The root of a deviation is the fourth root of its variance.
    scaled = directions[:, :count] / np.maximum(variances[:count], np.finfo(float).tiny) ** 0.25
    result = rows_on_disk(len(rows), count)
    for chunk in chunks(len(rows)):
        result[chunk] = (rows[chunk] - mean) @ scaled
    return result
