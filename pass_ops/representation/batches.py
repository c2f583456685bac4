"""Batches of views with their overlap grids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.representation import SelfSupervisedConfig
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.loading.order import epoch_order
from pass_ops.engine.loading.samples import Draw
from pass_ops.engine.ranks.world import neighbours, own_items, own_rows
from pass_ops.representation.overlap import Grid, overlaps
from pass_ops.representation.samples import ViewMaker


@dataclass(frozen=True)
class ViewBatch:
    """Views of B images, until the next batch is asked for.

    Attributes:
        groups: per resolution [views·B, 3, s, s], view after view; the first group holds the two
            large views.
        grids: [2·B, g, g, 2], the first view's, then the second's.
        paired: [B], whether an image's two large views overlap.
    """

    groups: list[NDArray[np.float32]]
    grids: Grid
    paired: NDArray[np.bool_]


def view_loader(images: Images, config: SelfSupervisedConfig) -> Loader[Draw]:
    """What makes the batches of all epochs.

    Args:
        images: the training split.
        config: settings of views, batch and loader.
    """
    memory = MemoryImages(images, config.cache_side, config.cache_gib).share(neighbours())
    return Loader(
        make=ViewMaker(memory, config),
        batch_size=own_rows(config.batch_size),
        workers=config.workers,
        samples=own_rows(len(images) * config.epochs),
    )


def view_batches(
    *, loader: Loader[Draw], count: int, config: SelfSupervisedConfig, epoch: int, first: int = 0
) -> Iterator[ViewBatch]:
    """This rank's rows of one epoch, shuffled, without the last incomplete batch.

    Args:
        loader: in its `with` block.
        count: images of the training split.
        config: settings of views and batch.
        epoch: 0-based.
        first: batches to leave out at its beginning.
    """
    order = epoch_order(count, config.seed, epoch)[first * config.batch_size :]
    own = own_items(order, config.batch_size)
    for *groups, grids in loader.batches([Draw(index, epoch) for index in own]):
        yield ViewBatch(
            # Views come before images, so that no view has to be copied.
            [views.reshape(-1, *views.shape[2:]) for views in groups],
            grids.reshape(-1, *grids.shape[2:]),
            np.array([overlaps(grid) for grid in grids[0]]),
        )
