"""Dense CRF of every label map as a stage (method 10.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pass_ops.config.masks import CrfConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.paths import CoarseMapsPath, CrfMapsPath
from pass_ops.pseudo_labels.codecs import MADE_MAP, MadeMap, made_map
from pass_ops.pseudo_labels.guarded_crf import GuardedCrf
from pass_ops.pseudo_labels.inputs import ReadImageAndMap, require_maps
from pass_ops.tracking.tracker import Tracker

STAGE = "apply_crf"


@dataclass(frozen=True, kw_only=True)
class CrfOfImage:
    """The work of one process: an image's labels after the field.

    Attributes:
        read: gives the image and its labels.
        field: the CRF, which may keep a map as it is.
    """

    read: ReadImageAndMap
    field: GuardedCrf

    def __call__(self, key: str) -> MadeMap:
        rgb, before = self.read(key)
        after = self.field(rgb, before)
        return made_map(
            after,
            foreground=(after > 0).mean(),
            changed=(after != before).mean(),
            one_label=(before == before.flat[0]).all(),
        )


def apply_crf(
    *,
    images: Images,
    coarse_maps: CoarseMapsPath,
    config: CrfConfig,
    crf_maps: CrfMapsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Move the borders of label maps to those of the image's colours.

    Args:
        images: any split.
        coarse_maps: folder with a label map of every image.
        config: parameters of the field, and processes.
        crf_maps: folder of label maps to write.
        tracker: gets the result.
        shards: what is done already.

    Returns:
        Mean foreground fraction; part of the pixels whose label `changed`; `one_label`, the number
        of images that hold one label only and stay as they are.

    Raises:
        ArtifactError: an image has no label map, or one of another size.
    """
    maps = LabelMaps(coarse_maps)
    require_maps(maps, images, coarse_maps)
    work = CrfOfImage(
        read=ReadImageAndMap(images, maps),
        field=GuardedCrf(config.parameters(), config.max_shrinkage),
    )
    foreground, changed, one_label = [], [], 0.0
    with LabelMapWriter(crf_maps, {**maps.meta, "crf": config.preset}) as writer:
        results = resumed(
            compute=lambda keys: ordered_map(
                work=work, items=keys, processes=config.processes, name=images.name
            ),
            keys=images.keys,
            codec=MADE_MAP,
            shards=shards,
        )
        for key, made in track(results, STAGE, len(images)):
            writer.write_encoded(key, made.encoded)
            foreground.append(made.figure("foreground"))
            changed.append(made.figure("changed"))
            one_label += made.figure("one_label")
    metrics = {
        "foreground": float(np.mean(foreground)),
        "changed": float(np.mean(changed)),
        "one_label": one_label,
    }
    tracker.metrics(metrics)
    return metrics
