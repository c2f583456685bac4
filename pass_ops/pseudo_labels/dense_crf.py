"""Fully connected conditional random field of one image (method 10.1)."""

from __future__ import annotations

import numpy as np
import pydensecrf.densecrf as densecrf
from numpy.typing import NDArray

from pass_ops.config.masks import CrfParameters


def unary_energy(places: NDArray[np.intp], count: int, confidence: float) -> NDArray[np.float32]:
    """Energies [count, pixels]: −log p for the given label, −log((1 − p) / (count − 1)) for each
    other one.

    Args:
        places: [pixels], the place of each pixel's label among the image's `count` ≥ 2 labels.
        confidence: p.
    """
    other = -np.log((1 - confidence) / (count - 1))
    energy = np.full((count, places.size), other, np.float32)
    energy[places, np.arange(places.size)] = -np.log(confidence)
    return energy


def dense_crf(
    rgb: NDArray[np.uint8], labels: NDArray[np.int32], parameters: CrfParameters
) -> NDArray[np.int32]:
    """Labels [H, W] after mean field, among those that `labels` [H, W] holds; a map of one label
    comes back unchanged.

    Args:
        rgb: [H, W, 3].
    """
    present, places = np.unique(labels, return_inverse=True)
    if len(present) == 1:
        return labels
    height, width = labels.shape
    field = densecrf.DenseCRF2D(width, height, len(present))
    field.setUnaryEnergy(unary_energy(places.ravel(), len(present), parameters.confidence))
    field.addPairwiseGaussian(sxy=parameters.gaussian_sxy, compat=parameters.gaussian_weight)
    field.addPairwiseBilateral(
        sxy=parameters.bilateral_sxy,
        srgb=parameters.bilateral_srgb,
        rgbim=np.ascontiguousarray(rgb),
        compat=parameters.bilateral_weight,
    )
    marginals = np.asarray(field.inference(parameters.iterations))
    return np.asarray(present[marginals.argmax(axis=0)].reshape(height, width), np.int32)
