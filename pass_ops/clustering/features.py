"""Descriptors of images (method 5.5, 6.1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pass_ops.clustering.crops import CentreCropMaker
from pass_ops.clustering.files import Features
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.progress import Progress


def extract_features(
    *, stage: str, describe: Callable[[jt.Var], jt.Var], images: Images, config: CentreCropConfig
) -> Features:
    """Descriptors [N, D] of every image, in the order of `images.keys`.

    Args:
        stage: shown with the progress.
        describe: network from [B, 3, crop, crop] to [B, D], in evaluation mode.
        images: any split.
        config: sizes of image, crop and batch.
    """
    progress = Progress(stage, len(images))
    rows: list[Features] = []
    loader = Loader(
        make=CentreCropMaker(images, config),
        batch_size=config.batch_size,
        workers=config.workers,
        samples=len(images),
    )
    with jt.no_grad(), loader:
        for (pixels,) in loader.batches(range(len(images)), drop_last=False):
            rows.append(to_numpy(describe(jt.array(pixels))))
            progress.advance(len(pixels))
    return np.concatenate(rows)
