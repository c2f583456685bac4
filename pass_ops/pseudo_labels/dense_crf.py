"""Fully connected conditional random field of one image (method 10.1)."""

from __future__ import annotations

import numpy as np
import pydensecrf.densecrf as densecrf
from numpy.typing import NDArray

from pass_ops.config.parts.crf import CrfParameters
from pass_ops.data.ids import LabelMap


def unary_energy(places: NDArray[np.intp], count: int, confidence: float) -> NDArray[np.float32]:
    """Energies: −log p for a pixel's label, −log((1 − p) / (count − 1)) for each other one.

    Args:
        places: int [pixels], the place of each pixel's label among the image's labels.
        count: how many labels the image has, at least 2.
        confidence: p in (0, 1).

    Returns:
        float32 [count, pixels].
    """
    other = -np.log((1 - confidence) / (count - 1))
    energy = np.full((count, places.size), other, np.float32)
    energy[places, np.arange(places.size)] = -np.log(confidence)
    return energy


def dense_crf(rgb: NDArray[np.uint8], labels: LabelMap, parameters: CrfParameters) -> LabelMap:
    """Labels after mean field, among those that the map holds.

    Args:
        rgb: uint8 [H, W, 3].
        labels: int32 [H, W]; a map of one label comes back unchanged.
        parameters: of the field.

    Returns:
        int32 [H, W].
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
