"""Exact mean field as method 10.1 defines it: what the fast one is compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.parts.crf import CrfParameters


def exact_crf(
    rgb: NDArray[np.uint8], labels: NDArray[np.int32], parameters: CrfParameters
) -> NDArray[np.int32]:
    """Labels [H, W] by kernels over all pairs of pixels; for some 4000 pixels at most."""
    height, width = labels.shape
    present, places = np.unique(labels, return_inverse=True)
    count, pixels = len(present), labels.size
    p = parameters.confidence
    energy = np.full((pixels, count), -np.log((1 - p) / (count - 1)))
    energy[np.arange(pixels), places.ravel()] = -np.log(p)

    rows, columns = np.indices((height, width))
    place = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(float)
    colour = rgb.reshape(-1, 3).astype(float)
    kernels = [
        (parameters.gaussian_weight, normalised(place / parameters.gaussian_sxy)),
        (
            parameters.bilateral_weight,
            normalised(
                np.hstack([place / parameters.bilateral_sxy, colour / parameters.bilateral_srgb])
            ),
        ),
    ]
    q = softmax(-energy)
    for _ in range(parameters.iterations):
        q = softmax(-energy + sum(weight * (kernel @ q) for weight, kernel in kernels))
    return present[q.argmax(axis=1)].reshape(height, width).astype(np.int32)


def normalised(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaussian kernel of all pairs, self included, over the roots of its row and column sums."""
    square = (features**2).sum(axis=1)
    kernel = np.exp(
        -0.5 * np.maximum(square[:, None] + square[None] - 2 * features @ features.T, 0)
    )
    scale = 1 / np.sqrt(kernel.sum(axis=1) + 1e-20)
    return scale[:, None] * kernel * scale[None]


def softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = np.exp(values - values.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
