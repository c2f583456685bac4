"""Descriptors of images (method 5.5, 6.1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.files import Features
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.engine.loader import batches
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

    def make(index: int) -> NDArray[np.uint8]:
        return centre_crop(
            resize_image(images.image(images.keys[index]), config.resize, config.compat),
            config.crop,
        )

    with jt.no_grad():
        for batch in batches(
            make=make,
            order=range(len(images)),
            batch_size=config.batch_size,
            workers=2,
            drop_last=False,
        ):
            rows.append(to_numpy(describe(jt.array(normalise(batch)))))
            progress.advance(len(batch))
    return np.concatenate(rows)


def centre_crop(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The centre of an image.

    Args:
        image: uint8 [H, W, 3].
        side: pixels, at most H and W.

    Returns:
        uint8 [side, side, 3], a view.
    """
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return image[top : top + side, left : left + side]
