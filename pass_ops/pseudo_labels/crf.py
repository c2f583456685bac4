"""Dense CRF of every label map as a stage (method 10.1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.masks import CrfConfig, CrfParameters
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.pseudo_labels.dense_crf import dense_crf
from pass_ops.pseudo_labels.inputs import require_maps, require_size
from pass_ops.tracking.tracker import Tracker

STAGE = "apply_crf"


@dataclass(frozen=True)
class CrfOfImage:
    """The work of one process; gives an image's labels before and after."""

    images: Images
    maps: LabelMaps
    parameters: CrfParameters

    def __call__(self, key: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        rgb, labels = self.images.image(key), self.maps.read(key)
        require_size(self.maps, key, rgb.shape)
        return labels, dense_crf(rgb, labels, self.parameters)


def apply_crf(
    *, images: Images, label_maps: Path, config: CrfConfig, output: Path, tracker: Tracker
) -> dict[str, float]:
    """Move the borders of label maps to those of the image's colours.

    Args:
        label_maps: folder with a label map of every image.
        output: folder of label maps to write.

    Returns:
        Mean foreground fraction; part of the pixels whose label `changed`; `one_label`, the number
        of images that hold one label only and stay as they are.

    Raises:
        ArtifactError: an image has no label map, or one of another size.
    """
    maps = LabelMaps(label_maps)
    require_maps(maps, images, label_maps)
    work = CrfOfImage(images, maps, config.parameters())
    foreground, changed, one_label = [], [], 0
    with LabelMapWriter(output, {**maps.meta, "crf": config.preset}) as writer:
        results = ordered_map(
            work=work, items=images.keys, processes=config.processes, name=images.name
        )
        for key, (before, after) in track(results, STAGE, len(images)):
            writer.write(key, after)
            foreground.append(float((after > 0).mean()))
            changed.append(float((after != before).mean()))
            one_label += bool((before == before.flat[0]).all())
    figures = {
        "foreground": float(np.mean(foreground)),
        "changed": float(np.mean(changed)),
        "one_label": float(one_label),
    }
    tracker.metrics(figures)
    return figures
