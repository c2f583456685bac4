"""Batches of images for the classifiers (method 9.3, 9.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.labels import LabelTable
from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.denoising.samples import Draw, LabelledMaker
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.loading.order import epoch_order
from pass_ops.engine.ranks.world import neighbours, own_items, own_rows

Pixels = NDArray[np.float32]
# Images [B, 3, crop, crop] and labels [B], until the next batch is asked for.
LabelledBatch = tuple[Pixels, NDArray[np.int32]]


def image_loader(images: Images, config: ClassifierConfig, samples: int) -> Loader[Draw]:
    """What makes the batches of all epochs.

    Args:
        images: the training split.
        config: settings of crop, augmentation, batch and loader.
        samples: of all epochs together.
    """
    memory = MemoryImages(images, config.cache_side, config.cache_gib).share(neighbours())
    return Loader(
        make=LabelledMaker(memory, config),
        batch_size=own_rows(config.batch_size),
        workers=config.workers,
        samples=own_rows(samples),
    )


def labelled_batches(
    *,
    loader: Loader[Draw],
    images: Images,
    labels: LabelTable,
    order: NDArray[np.int64],
    config: ClassifierConfig,
    epoch: int,
    first: int = 0,
) -> Iterator[LabelledBatch]:
    """This rank's rows of one epoch, shuffled, without the last incomplete batch.

    Args:
        loader: in its `with` block.
        images: the training split.
        labels: table of labels, of all images or of a selection.
        order: int64 [M], rows of `labels`, each as often as it counts.
        config: settings of batch and seed.
        epoch: 0-based.
        first: batches to leave out at its beginning.
    """
    place = {key: index for index, key in enumerate(images.keys)}
    rows = [place[key] for key in labels.keys]
    positions = epoch_order(len(order), config.seed, epoch)[first * config.batch_size :]
    draws = [
        Draw(rows[order[position]], int(labels.labels[order[position]]), epoch, position)
        for position in own_items(positions, config.batch_size)
    ]
    return ((pixels, targets) for pixels, targets in loader.batches(draws))


def sample_batches(loader: Loader[Draw], indices: Sequence[int]) -> Iterator[Pixels]:
    """The images of `indices` in order, as inference sees them: float32 [B, 3, crop, crop].

    Args:
        loader: in its `with` block.
        indices: places in the training split; the last batch may be smaller.
    """
    for pixels, _ in loader.batches([Draw(index, 0) for index in indices], drop_last=False):
        yield pixels
