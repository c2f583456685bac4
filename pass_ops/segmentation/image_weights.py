"""How much each image's pixels count in training (method 24.4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import CONFIDENCE, LabelTable
from pass_ops.data.images import Images
from pass_ops.paths import InferredLabelsPath, LabelMapsPath

Weights = NDArray[np.float32]


def image_weights(
    *,
    image_labels: InferredLabelsPath,
    label_maps: LabelMapsPath,
    label_space: str,
    images: Images,
    by_confidence: bool,
) -> Weights:
    """Weight of each image, in the order of `images.keys`.

    Args:
        image_labels: table that `infer_image_labels` wrote.
        label_maps, label_space: the pixel labels that training uses, and their label space.
        images: the training split.
        by_confidence: whether an image counts by its label's confidence.

    Returns:
        float32 [N]: confidences in 0…1, or ones.

    Raises:
        ArtifactError: both are of different label spaces; no confidence, or not of these images.
    """
    table = LabelTable.load(image_labels).require(*CONFIDENCE).ordered(images.keys)
    same_space({str(label_maps): label_space, str(image_labels): table.label_space})
    if by_confidence:
        return table.column("confidence").astype(np.float32)
    return np.ones(len(images), dtype=np.float32)
