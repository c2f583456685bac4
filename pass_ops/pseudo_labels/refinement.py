"""Refinement of label maps by masks that need no prompt, as a stage (method 10.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.config.masks import RefinementConfig
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.shrinkage import unless_shrunk
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.errors import ArtifactError
from pass_ops.paths import CrfMapsPath, RefinedMapsPath, RegionsPath
from pass_ops.pseudo_labels.codecs import MADE_MAP, MadeMap, made_map
from pass_ops.pseudo_labels.inputs import require_size
from pass_ops.pseudo_labels.merge import merge
from pass_ops.pseudo_labels.regions import RegionFolder
from pass_ops.tracking.tracker import Tracker

STAGE = "refine_labels"


@dataclass(frozen=True)
class RefinementOfImage:
    """The work of one process: an image's labels with the outlines of its masks.

    Attributes:
        maps: the labels.
        regions: masks of the same images.
        config: the rule of `merge`, and what it may take away.
    """

    maps: LabelMaps
    regions: RegionFolder
    config: RefinementConfig

    def __call__(self, key: str) -> MadeMap:
        before, regions = self.maps.read(key), self.regions.read(key)
        if regions:
            require_size(self.maps, key, regions[0].mask.shape)
        merged = merge(before, regions, self.config.compat)
        after = unless_shrunk(before=before, after=merged, most=self.config.max_shrinkage)
        return made_map(
            after,
            foreground=(after > 0).mean(),
            changed=(after != before).mean(),
            empty=not before.any(),
            guarded=after is before,
        )


def refine_labels(
    *,
    crf_maps: CrfMapsPath,
    regions: RegionsPath,
    config: RefinementConfig,
    refined_maps: RefinedMapsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Give label maps the outlines of masks.

    Args:
        crf_maps, regions: folders of label maps, and of regions of the same images.
        config: compatibility, guard, and processes.
        refined_maps: folder of label maps to write.
        tracker: gets the result.
        shards: what is done already.

    Returns:
        Mean foreground fraction; part of the pixels that `changed`; `skipped_empty`, the number of
        maps without foreground, which stay as they are; `guarded`, the number of those that keep
        their labels since more than `max_shrinkage` of their foreground would have gone.

    Raises:
        ArtifactError: an image has no regions, or ones of another size.
    """
    maps, folder = LabelMaps(crf_maps), RegionFolder(regions)
    missing = sorted(set(maps.keys) - set(folder.keys))
    if missing:
        raise ArtifactError(
            f"{regions} lacks the regions of {len(missing)} images ({missing[0]}, …): "
            "make them again"
        )
    work = RefinementOfImage(maps, folder, config)
    foreground, changed, empty, guarded = [], [], 0.0, 0.0
    with LabelMapWriter(refined_maps, {**maps.meta, "refined_by": folder.back_end}) as writer:
        results = resumed(
            compute=lambda keys: ordered_map(
                work=work,
                items=keys,
                processes=config.processes,
                name=lambda key: f"image {key}",
            ),
            keys=maps.keys,
            codec=MADE_MAP,
            shards=shards,
        )
        for key, made in track(results, STAGE, len(maps)):
            writer.write_encoded(key, made.encoded)
            foreground.append(made.figure("foreground"))
            changed.append(made.figure("changed"))
            empty += made.figure("empty")
            guarded += made.figure("guarded")
    metrics = {
        "foreground": float(np.mean(foreground)),
        "changed": float(np.mean(changed)),
        "skipped_empty": empty,
        "guarded": guarded,
    }
    tracker.metrics(metrics)
    return metrics
