"""Batches of images with their label maps (method 12.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.data.transforms.joint import joint_crop
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.engine.loader import batches, epoch_order, sample_rng
from pass_ops.segmentation.image_weights import Weights

# Images [B, 3, crop, crop], labels [B, s, s] at the loss's resolution, weights [B].
LabelledBatch = tuple[NDArray[np.float32], NDArray[np.int32], Weights]


def labelled_batches(
    *,
    images: Images,
    labels: LabelMaps,
    weights: Weights,
    config: SegmentationConfig,
    epoch: int,
    first: int = 0,
) -> Iterator[LabelledBatch]:
    """One epoch, shuffled, without the last incomplete batch.

    Args:
        images: the training split.
        labels: label maps of every image.
        weights: float32 [N], how much each image counts, in the order of `images.keys`.
        config: settings of crop, loss resolution and batch.
        epoch: 0-based.
        first: batches to leave out at its beginning.
    """
    side = max(1, round(config.crop * config.label_scale))

    def make(index: int) -> tuple[NDArray[np.uint8], NDArray[np.int32], np.float32]:
        key, rng = images.keys[index], sample_rng(config.seed, epoch, index)
        scale = (config.min_scale, config.max_scale)
        view, target = joint_crop(
            image=images.image(key), labels=labels.read(key), side=config.crop, scale=scale, rng=rng
        )
        return view, resize_nearest(target, side, side), weights[index]

    order = epoch_order(len(images), config.seed, epoch)[first * config.batch_size :]
    for samples in batches(
        make=make, order=order, batch_size=config.batch_size, workers=config.workers
    ):
        views, targets, factors = zip(*samples, strict=True)
        yield normalise(views), np.stack(targets), np.array(factors, dtype=np.float32)
