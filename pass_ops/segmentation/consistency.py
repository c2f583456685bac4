"""Consistency under mirroring: judges a checkpoint without ground truth (method 24.13)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.images import Images
from pass_ops.data.transforms.scales import ReadScaledBothWays, Scales
from pass_ops.engine.loading.ahead import ahead
from pass_ops.models.segmenter import Segmenter
from pass_ops.segmentation.predict import predict_image


def flip_consistency(network: Segmenter, images: Images, config: PredictionConfig) -> float:
    """Mean `agreement` between the labels of an image and those of its mirror image, 0…1.

    Args:
        network: in evaluation mode.
        images: of any split.
        config: settings of the predictions; `flip` is left out.
    """
    plain = replace(config, flip=False)
    read = ReadScaledBothWays(images, Scales(config.sides, config.compat))
    scores = []
    for _, (image, mirrored) in ahead(
        work=read, items=images.keys, workers=config.workers, name=images.name
    ):
        back = predict_image(network, mirrored, plain)[:, ::-1]
        scores.append(agreement(predict_image(network, image, plain), back))
    return float(np.mean(scores))


def agreement(first: NDArray[np.int32], second: NDArray[np.int32]) -> float:
    """Of the pixels that either map labels as foreground, the part with the same label in both.

    0 if there are none, so that a network that finds nothing is not called consistent.

    Args:
        first, second: label maps [H, W], 0 background.
    """
    foreground = (first > 0) | (second > 0)
    return float((first == second)[foreground].mean()) if foreground.any() else 0.0
