"""Batches of images with their label maps (method 12.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.loading.order import epoch_order
from pass_ops.engine.loading.samples import Draw
from pass_ops.engine.ranks.world import own_items, own_rows
from pass_ops.segmentation.image_weights import Weights
from pass_ops.segmentation.samples import CropMaker

# Images [B, 3, crop, crop], labels [B, s, s] at the loss's resolution, weights [B]; until the next
# batch is asked for.
LabelledBatch = tuple[NDArray[np.float32], NDArray[np.int32], Weights]


def crop_loader(images: Images, labels: LabelMaps, config: SegmentationConfig) -> Loader[Draw]:
    """What makes the batches of all epochs.

    Args:
        images: the training split.
        labels: label maps of every image.
        config: settings of crop, loss resolution, batch and loader.
    """
    return Loader(
        make=CropMaker(images, labels, config),
        batch_size=own_rows(config.batch_size),
        workers=config.workers,
        samples=own_rows(len(images) * config.epochs),
    )


def labelled_batches(
    *,
    loader: Loader[Draw],
    weights: Weights,
    config: SegmentationConfig,
    epoch: int,
    first: int = 0,
) -> Iterator[LabelledBatch]:
    """This rank's rows of one epoch, shuffled, without the last incomplete batch.

    Args:
        loader: in its `with` block.
        weights: float32 [N], how much each image of the split counts.
        config: settings of batch and seed.
        epoch: 0-based.
        first: batches to leave out at its beginning.
    """
    order = epoch_order(len(weights), config.seed, epoch)[first * config.batch_size :]
    own, rows = own_items(order, config.batch_size), own_rows(config.batch_size)
    batches = loader.batches([Draw(index, epoch) for index in own])
    for number, (pixels, targets) in enumerate(batches):
        yield pixels, targets, weights[own[number * rows : (number + 1) * rows]]
