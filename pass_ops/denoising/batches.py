"""Batches of images for the classifiers (method 9.3, 9.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.features import centre_crop
from pass_ops.clustering.labels import LabelTable
from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.views import ViewsConfig
from pass_ops.data.memory import MemoryImages
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image
from pass_ops.data.transforms.views import random_view
from pass_ops.engine.loader import batches, epoch_order, sample_rng

Pixels = NDArray[np.float32]
# Images [B, 3, crop, crop] and labels [B].
LabelledBatch = tuple[Pixels, NDArray[np.int32]]


def labelled_batches(
    *,
    memory: MemoryImages,
    labels: LabelTable,
    order: NDArray[np.int64],
    config: ClassifierConfig,
    epoch: int,
    first: int = 0,
) -> Iterator[LabelledBatch]:
    """One epoch, shuffled, without the last incomplete batch.

    Args:
        memory: the training images.
        labels: table of labels, of all images or of a selection.
        order: int64 [M], rows of `labels`, each as often as it counts.
        config: settings of crop, augmentation and batch.
        epoch: 0-based.
        first: batches to leave out at its beginning.
    """
    place = {key: index for index, key in enumerate(memory.images.keys)}
    rows = [place[key] for key in labels.keys]
    targets = labels.labels.astype(np.int32)
    views = mild_views(config)

    def make(position: int) -> tuple[NDArray[np.uint8], np.int32]:
        row = order[position]
        image = memory[rows[row]]
        if config.compat == "reference":
            return resize_image(np.asarray(image), config.crop, "reference"), targets[row]
        view, _ = random_view(
            image=image,
            size=config.crop,
            scale=(config.min_scale, 1.0),
            config=views,
            rng=sample_rng(config.seed, epoch, position),
        )
        return view, targets[row]

    for samples in batches(
        make=make,
        order=epoch_order(len(order), config.seed, epoch)[first * config.batch_size :],
        batch_size=config.batch_size,
        workers=config.workers,
    ):
        yield (
            normalise([view for view, _ in samples]),
            np.array([target for _, target in samples], dtype=np.int32),
        )


def sample_batches(
    memory: MemoryImages, indices: Sequence[int], config: ClassifierConfig
) -> Iterator[Pixels]:
    """The images of `indices` in order, as inference sees them: float32 [B, 3, crop, crop].

    Args:
        memory: the training images.
        indices: positions in `memory`.
        config: settings of crop and batch; the last batch may be smaller.
    """

    def make(index: int) -> NDArray[np.uint8]:
        return centre_crop(
            resize_image(np.asarray(memory[index]), config.crop, config.compat), config.crop
        )

    for samples in batches(
        make=make,
        order=indices,
        batch_size=config.batch_size,
        workers=config.workers,
        drop_last=False,
    ):
        yield normalise(samples)


def mild_views(config: ClassifierConfig) -> ViewsConfig:
    """Crop, flip and colour jitter without hue, gray or blur."""
    return ViewsConfig(
        sizes=(config.crop,),
        min_scale=(config.min_scale,),
        jitter_probability=1.0,
        brightness=config.jitter,
        contrast=config.jitter,
        saturation=config.jitter,
        hue=0.0,
        grayscale_probability=0.0,
        blur_probability=0.0,
    )
