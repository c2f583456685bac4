"""Batches of views with their overlap grids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.data.memory import MemoryImages
from pass_ops.data.transforms.normalise import STD, STD_TYPO, normalise
from pass_ops.data.transforms.views import Rgb, random_view
from pass_ops.engine.loader import batches, epoch_order, sample_rng
from pass_ops.representation.overlap import Grid, overlap_grids, overlaps

# Views by resolution, and the grids of the two large ones.
Sample = tuple[list[list[Rgb]], tuple[Grid, Grid]]


@dataclass(frozen=True)
class ViewBatch:
    """Views of B images.

    Attributes:
        groups: per resolution [views·B, 3, s, s], view after view; the first group holds the two
            large views.
        grids: [2·B, g, g, 2], the first view's, then the second's.
        paired: [B], whether an image's two large views overlap.
    """

    groups: list[NDArray[np.float32]]
    grids: Grid
    paired: NDArray[np.bool_]


def view_batches(
    *, images: MemoryImages, config: SelfSupervisedConfig, epoch: int, first: int = 0
) -> Iterator[ViewBatch]:
    """One epoch, shuffled, without the last incomplete batch.

    Args:
        images: the training split.
        config: settings of views and batch.
        epoch: 0-based.
        first: batches to leave out at its beginning.
    """
    std = STD_TYPO if config.compat == "reference" else STD

    def make(index: int) -> Sample:
        return _views(
            images=images, index=index, config=config, rng=sample_rng(config.seed, epoch, index)
        )

    for samples in batches(
        make=make,
        order=epoch_order(len(images), config.seed, epoch)[first * config.batch_size :],
        batch_size=config.batch_size,
        workers=config.workers,
    ):
        groups = [
            normalise([sample[0][group][view] for view in range(count) for sample in samples], std)
            for group, count in enumerate(config.views.crops)
        ]
        grids = np.stack([sample[1][view] for view in range(2) for sample in samples])
        yield ViewBatch(groups, grids, np.array([overlaps(sample[1][0]) for sample in samples]))


def _views(
    *, images: MemoryImages, index: int, config: SelfSupervisedConfig, rng: np.random.Generator
) -> Sample:
    """Views of one image.

    Args:
        images: the training split.
        index: the image's place in it.
        config: numbers, sizes and scales of the views.
        rng: of this image in this epoch.
    """
    image, views = images[index], config.views
    groups, crops = [], []
    for count, size, low, high in zip(
        views.crops, views.sizes, views.min_scale, views.max_scale, strict=True
    ):
        samples = [
            random_view(image=image, size=size, scale=(low, high), config=views, rng=rng)
            for _ in range(count)
        ]
        groups.append([pixels for pixels, _ in samples])
        crops += [crop for _, crop in samples]
    return groups, overlap_grids(crops[0], crops[1], views.grid)
