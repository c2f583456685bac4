"""Refinement of label maps by masks that need no prompt, as a stage (method 10.3)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.masks import RefinementConfig
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.errors import ArtifactError
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

    def __call__(self, key: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        labels, regions = self.maps.read(key), self.regions.read(key)
        if regions:
            require_size(self.maps, key, regions[0].mask.shape)
        return labels, merge(labels, regions, self.compat)


def refine_labels(
    *, label_maps: Path, regions: Path, config: RefinementConfig, output: Path, tracker: Tracker
) -> dict[str, float]:
    """Give label maps the outlines of masks.

    Args:
        label_maps, regions: folders of label maps, and of regions of the same images.
        output: folder of label maps to write.

    Returns:
        Mean foreground fraction; part of the pixels that `changed`; `skipped_empty`, the number of
        maps without foreground, which stay as they are.

    Raises:
        ArtifactError: an image has no regions, or ones of another size.
    """
    maps, found = LabelMaps(label_maps), RegionFolder(regions)
    missing = sorted(set(maps.keys) - set(found.keys))
    if missing:
        raise ArtifactError(
            f"{regions} lacks the regions of {len(missing)} images ({missing[0]}, …): make them again"
        )
    work = RefinementOfImage(maps, found, config.compat)
    foreground, changed, empty = [], [], 0
    with LabelMapWriter(output, {**maps.meta, "refined_by": found.meta["back_end"]}) as writer:
        results = ordered_map(
            work=work, items=maps.keys, processes=config.processes, name=lambda key: f"image {key}"
        )
        for key, (before, after) in track(results, STAGE, len(maps)):
            writer.write(key, after)
            foreground.append(float((after > 0).mean()))
            changed.append(float((after != before).mean()))
            empty += not before.any()
    figures = {
        "foreground": float(np.mean(foreground)),
        "changed": float(np.mean(changed)),
        "skipped_empty": float(empty),
    }
    tracker.metrics(figures)
    return figures
