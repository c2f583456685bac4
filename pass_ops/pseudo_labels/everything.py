"""Masks that need no prompt, for every image, as a stage (method 10.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.config.masks import RegionsConfig
from pass_ops.data.images import Images
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.paths import RegionsPath
from pass_ops.pseudo_labels.codecs import REGIONS
from pass_ops.pseudo_labels.region_line import region_line
from pass_ops.pseudo_labels.regions import RegionWriter
from pass_ops.sam.interface import PromptableSegmenter
from pass_ops.sam.open import worker_processes
from pass_ops.tracking.tracker import Tracker

STAGE = "make_regions"


@dataclass(frozen=True)
class RegionsOfImage:
    """The work of one process; gives an image's line, and how many regions are in it.

    Attributes:
        images: the split.
        segmenter: finds the regions, best first; None for none.
        most: regions that are kept of an image.
    """

    images: Images
    segmenter: PromptableSegmenter | None
    most: int

    def __call__(self, key: str) -> tuple[bytes, int]:
        if self.segmenter is None:
            return region_line(key, []), 0
        self.segmenter.set_image(key, self.images.image(key))
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
    work = RegionsOfImage(images, segmenter, config.max_regions)
    processes = worker_processes(segmenter, config.processes) if segmenter else 1
    back_end = segmenter.name if segmenter else "none"
    counts = []
    with RegionWriter(regions, back_end) as writer:
        results = resumed(
            compute=lambda keys: ordered_map(
                work=work, items=keys, processes=processes, name=images.name
            ),
            keys=images.keys,
            codec=REGIONS,
            shards=shards,
        )
        for key, (line, count) in track(results, STAGE, len(images)):
            writer.write(key, line)
            counts.append(count)
    tracker.tag("mask_back_end", back_end)
    metrics = {"regions": float(np.mean(counts)), "without_regions": float(counts.count(0))}
    tracker.metrics(metrics)
    return metrics
