"""How much each image's pixels count in training (method 24.4)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import CONFIDENCE, load_labels
from pass_ops.data.images import Images

Weights = NDArray[np.float32]


def image_weights(
    *, image_labels: Path, label_maps: Path, label_space: str, images: Images, by_confidence: bool
) -> Weights:
    """Weight of each image, in the order of `images.keys`: its label's confidence in 0…1, or 1 for
    all.

    Args:
        image_labels: table that `infer_image_labels` wrote.
        label_maps, label_space: the pixel labels that training uses, and their label space.

    Raises:
        ArtifactError: both are of different label spaces; see `load_labels`.
    """
    table = load_labels(image_labels, images.keys, columns=CONFIDENCE)
    same_space({str(label_maps): label_space, str(image_labels): str(table["label_space"].iloc[0])})
    if by_confidence:
        return table["confidence"].to_numpy(np.float32)
    return np.ones(len(images), dtype=np.float32)
