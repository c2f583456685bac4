"""Descriptors of images (method 5.5, 6.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pass_ops.clustering.crops import CentreCropMaker
from pass_ops.clustering.files import Features
from pass_ops.clustering.rows import rows_on_disk
from pass_ops.config.parts.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.engine.loading.data_wait import INFERENCE
from pass_ops.engine.loading.loader import Loader
from pass_ops.engine.progress import Progress

_CODEC = Codec[Arrays](lambda arrays: arrays, lambda _, kept: kept)


def extract_features(
    *,
    stage: str,
    describe: Callable[[jt.Var], jt.Var],
    images: Images,
    config: CentreCropConfig,
    shards: Shards | None = None,
    part: str = "batches",
) -> Features:
    """Descriptors [N, D] of every image, on disk, in the order of `images.keys`.

    Args:
        stage: shown with the progress.
        describe: network from [B, 3, crop, crop] to [B, D], in evaluation mode.
        images: any split.
        config: sizes of image, crop and batch.
        shards: what is done already.
        part: of the stage's work.
    """
    features: Features | None = None
    done = 0
    for arrays in describe_batches(
        stage=stage,
        describe=describe,
        decide=lambda _, rows: {"rows": rows},
        images=images,
        config=config,
        shards=shards,
        part=part,
    ):
        rows = arrays["rows"]
        if features is None:
            features = rows_on_disk(len(images), rows.shape[1])
        features[done : done + len(rows)] = rows
        done += len(rows)
    assert features is not None, "a split has images"
    return features


def describe_batches(
    *,
    stage: str,
    describe: Callable[[jt.Var], jt.Var],
    decide: Callable[[slice, Features], Arrays],
    images: Images,
    config: CentreCropConfig,
    shards: Shards | None,
    part: str = "batches",
) -> Iterator[Arrays]:
    """What follows from a network's outputs for each batch, in the order of `images.keys`.

    Args:
        stage, describe, images, config, shards, part: see `extract_features`.
        decide: makes of the places of a batch's images, and of its outputs [B, D], what is kept:
            arrays [B, …] by name.
    """
    progress = Progress(stage, len(images))
    # Whole batches, as an image's descriptor may differ in the last digits in another batch.
    batches = {
        str(start): slice(start, min(start + config.batch_size, len(images)))
        for start in range(0, len(images), config.batch_size)
    }
    loader = Loader(
        make=CentreCropMaker(images, config),
        batch_size=config.batch_size,
        workers=config.workers,
        samples=len(images),
    )

    def compute(starts: Sequence[str]) -> Iterator[tuple[str, Arrays]]:
        left = range(batches[starts[0]].start, batches[starts[-1]].stop)
        with loader:
            loaded = INFERENCE.over(loader.batches(left, drop_last=False))
            for start, (pixels,) in zip(starts, loaded, strict=True):
                with jt.no_grad():
                    outputs = to_numpy(describe(jt.array(pixels)))
                yield start, decide(batches[start], outputs)

    for start, arrays in resumed(
        compute=compute, keys=list(batches), codec=_CODEC, shards=shards, part=part
    ):
        yield arrays
        places = batches[start]
        progress.advance(places.stop - places.start)
