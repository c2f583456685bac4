"""Features of every place of an image, from a network's last block (method 15.7)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.evaluation import DistanceConfig
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.evaluation.protocols.distance import Describe, Vectors
from pass_ops.models.features import ENLARGEMENT, load_backbone
from pass_ops.models.functional import enlarge
from pass_ops.paths import WeightsPath


def describe_with(weights: WeightsPath, config: DistanceConfig) -> Describe:
    """A function from an RGB image to c4, enlarged four times, float32 [h, w, C].

    Args:
        weights: of `pretrain` or `train_pixel_attention`.
        config: size of the network's input.

    Raises:
        ArtifactError: it holds weights of another network.
    """
    backbone = load_backbone(weights)

    def describe(image: NDArray[np.uint8]) -> Vectors:
        with jt.no_grad():
            pixels = normalise([resize_image(image, config.resize, config.compat)])
            c4 = backbone(jt.array(pixels))[3]
            return np.ascontiguousarray(to_numpy(enlarge(c4, ENLARGEMENT))[0].transpose(1, 2, 0))

    return describe
