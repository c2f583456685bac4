"""Refinement of label maps by masks that need no prompt, as a stage (method 10.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.config.masks import RefinementConfig
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.errors import ArtifactError
from pass_ops.paths import CrfMapsPath, RefinedMapsPath, RegionsPath
from pass_ops.pseudo_labels.codecs import before_and_after
from pass_ops.pseudo_labels.inputs import require_size
from pass_ops.pseudo_labels.merge import merge
from pass_ops.pseudo_labels.regions import RegionFolder
from pass_ops.tracking.tracker import Tracker

STAGE = "refine_labels"


@dataclass(frozen=True)
class RefinementOfImage:
    """The work of one process; gives an image's labels before and after."""

    maps: LabelMaps
    regions: RegionFolder
    compat: str

    def __call__(self, key: str) -> tuple[LabelMap, LabelMap]:
        labels, regions = self.maps.read(key), self.regions.read(key)
        if regions:
            require_size(self.maps, key, regions[0].mask.shape)
        return labels, merge(labels, regions, self.compat)


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
        config: compatibility, and processes.
        refined_maps: folder of label maps to write.
        tracker: gets the result.
        shards: what is done already.

    Returns:
        Mean foreground fraction; part of the pixels that `changed`; `skipped_empty`, the number of
        maps without foreground, which stay as they are.

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
    work = RefinementOfImage(maps, folder, config.compat)
    foreground, changed, empty = [], [], 0
    with LabelMapWriter(refined_maps, {**maps.meta, "refined_by": folder.back_end}) as writer:
        results = resumed(
            compute=lambda keys: ordered_map(
                work=work,
                items=keys,
                processes=config.processes,
                name=lambda key: f"image {key}",
            ),
            keys=maps.keys,
            codec=before_and_after(maps),
            shards=shards,
        )
        for key, (before, after) in track(results, STAGE, len(maps)):
            writer.write(key, after)
            foreground.append(float((after > 0).mean()))
            changed.append(float((after != before).mean()))
            empty += not before.any()
    metrics = {
        "foreground": float(np.mean(foreground)),
        "changed": float(np.mean(changed)),
        "skipped_empty": float(empty),
    }
    tracker.metrics(metrics)
    return metrics
