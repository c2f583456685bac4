"""How good a mask of the classical segmenter is, told without labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.classical.separability import separability

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]


def mask_score(features: NDArray[np.uint8], mask: Mask, prior: Field) -> float:
    """A score in [0, 1] in the place of a predicted IoU.

    It is no trained prediction but a mean of two signs: how the mask's colours differ from their
    surroundings', and its overlap with the prior; less by the part of the image's border that the
    mask takes.

    Args:
        features: what tells pixels apart, [h, w, 3].
        mask: [h, w].
        prior: how likely each pixel is the object, [h, w] in [0, 1].
    """
    signs = (separability(features, mask) + _soft_iou(mask, prior)) / 2
    return signs * (1 - _border_share(mask))


def _soft_iou(mask: Mask, prior: Field) -> float:
    """IoU of a mask with a field in [0, 1]; 0 where both are empty.

    Args:
        mask, prior: [h, w] each.
    """
    union = float(np.maximum(mask, prior).sum())
    return float(prior[mask].sum()) / union if union else 0.0


def _border_share(mask: Mask) -> float:
    """Part of the image's border pixels that a mask takes."""
    return float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())
