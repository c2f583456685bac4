"""Descriptors of images (method 5.5, 6.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pass_ops.clustering.crops import CentreCropMaker
from pass_ops.clustering.files import Features
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.progress import Progress

_CODEC = Codec[Features](lambda rows: {"rows": rows}, lambda _, kept: kept["rows"])


def extract_features(
    *,
    stage: str,
    describe: Callable[[jt.Var], jt.Var],
    images: Images,
    config: CentreCropConfig,
    shards: Shards | None = None,
    part: str = "batches",
) -> Features:
    """Descriptors [N, D] of every image, in the order of `images.keys`.

    Args:
        stage: shown with the progress.
        describe: network from [B, 3, crop, crop] to [B, D], in evaluation mode.
        images: any split.
        config: sizes of image, crop and batch.
        shards: what is done already.
        part: of the stage's work.
    """
    progress = Progress(stage, len(images))
    rows: list[Features] = []
    # Whole batches, as an image's descriptor may differ in the last digits in another batch.
    batches = [str(start) for start in range(0, len(images), config.batch_size)]
    loader = Loader(
        make=CentreCropMaker(images, config),
        batch_size=config.batch_size,
        workers=config.workers,
        samples=len(images),
    )

    def compute(starts: Sequence[str]) -> Iterator[tuple[str, Features]]:
        left = range(int(starts[0]), len(images))
        with jt.no_grad(), loader:
            for start, (pixels,) in zip(starts, loader.batches(left, drop_last=False), strict=True):
                yield start, to_numpy(describe(jt.array(pixels)))

    for _, described in resumed(
        compute=compute, keys=batches, codec=_CODEC, shards=shards, part=part
    ):
        rows.append(described)
        progress.advance(len(described))
    return np.concatenate(rows)
