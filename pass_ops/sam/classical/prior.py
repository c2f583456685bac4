"""How likely each pixel is the object, before its colour is modelled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.sam.box import Box
from pass_ops.sam.low_logits import from_low_logits

Field = NDArray[np.float32]


def object_prior(saliency: Field, box: Box, mask_logits: Field | None) -> Field:
    """Saliency towards the middle of a box, and what an earlier mask says; 0 outside the box.

    Args:
        saliency: [h, w] in [0, 1].
        box: of the prompt.
        mask_logits: [256, 256] of an earlier prediction; None for none.

    Returns:
        [h, w] in [0, 1].
    """
    height, width = saliency.shape
    x_min, y_min, x_max, y_max = box
    rows, columns = np.ogrid[:height, :width]
    eccentricity = ((columns - (x_min + x_max - 1) / 2) / (x_max - x_min)) ** 2 + (
        (rows - (y_min + y_max - 1) / 2) / (y_max - y_min)
    ) ** 2
    # People put the object into the middle of a box, and of a photograph.
    prior = saliency * np.exp(-2 * eccentricity)
    if mask_logits is not None:
        logits = np.clip(from_low_logits(mask_logits, height, width), -4, 4)
        prior = (prior + 1 / (1 + np.exp(-logits))) / 2
    inside = np.zeros((height, width), bool)
    inside[y_min:y_max, x_min:x_max] = True
    return np.where(inside, prior, 0).astype(np.float32)
