"""Masks that need no prompt, for every image, as a stage (method 10.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pass_ops.config.masks import RegionsConfig
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.progress import track
from pass_ops.paths import RegionsPath
from pass_ops.pseudo_labels.by_segmenter import ImageWork, by_segmenter
from pass_ops.pseudo_labels.codecs import REGIONS
from pass_ops.pseudo_labels.region_line import region_line
from pass_ops.pseudo_labels.regions import RegionWriter
from pass_ops.sam.interface import PromptableSegmenter, Rgb
from pass_ops.tracking.tracker import Tracker

STAGE = "make_regions"


@dataclass(frozen=True)
class RegionsOfImage:
    """An image's line, and how many regions are in it.

    Attributes:
        segmenter: finds the regions, best first.
        most: regions that are kept of an image.
    """

    segmenter: PromptableSegmenter
    most: int

    def __call__(self, key: str, rgb: Rgb) -> tuple[bytes, int]:
        self.segmenter.set_image(key, rgb)
        regions = self.segmenter.everything()[: self.most]
        return region_line(key, regions), len(regions)


def make_regions(
    *,
    images: Images,
    segmenter: PromptableSegmenter | None,
    config: RegionsConfig,
    regions: RegionsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Write all that the segmenter can tell apart in every image.

    Args:
        images: any split.
        segmenter: what makes the masks; None to make none.
        config: most regions of an image, and processes.
        regions: folder to write.
        tracker: gets the result, and which back end made it.
        shards: what is done already.

    Returns:
        Mean number of regions an image; `without_regions`, the number of images in which none was
        found.
    """

    def compute(keys: Sequence[str]) -> Iterator[tuple[str, tuple[bytes, int]]]:
        if segmenter is None:
            return ((key, (region_line(key, []), 0)) for key in keys)
        return by_segmenter(
            segmenter=segmenter,
            work=ImageWork(images.image, RegionsOfImage(segmenter, config.max_regions)),
            keys=keys,
            processes=config.processes,
            name=images.name,
        )

    back_end = segmenter.name if segmenter else "none"
    counts = []
    with RegionWriter(regions, back_end) as writer:
        results = resumed(compute=compute, keys=images.keys, codec=REGIONS, shards=shards)
        for key, (line, count) in track(results, STAGE, len(images)):
            writer.write(key, line)
            counts.append(count)
    tracker.tag("mask_back_end", back_end)
    metrics = {"regions": float(np.mean(counts)), "without_regions": float(counts.count(0))}
    tracker.metrics(metrics)
    return metrics
