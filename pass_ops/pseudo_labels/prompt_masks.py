"""Prompted masks, painted with image labels, as a stage: both rounds of segmentation use it
(method 11, 13).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from pass_ops.config.masks import PromptConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.pseudo_labels.attention_maps import AttentionMaps
from pass_ops.pseudo_labels.image_labels import ImageLabels, read_points
from pass_ops.pseudo_labels.inputs import one_label_space, require_maps
from pass_ops.pseudo_labels.prompted import PromptedImage
from pass_ops.sam.interface import PromptableSegmenter
from pass_ops.sam.open import worker_processes
from pass_ops.tracking.tracker import Tracker

STAGE = "prompt_masks"
COUNTS = (
    "masks",
    "skipped_empty",
    "without_label",
    "from_point",
    "point_outside",
    "without_main_class",
    "kept_region",
    "rejected_score",
    "rejected_overlap",
    "rejected_cover",
    "rejected_area",
)


def prompt_masks(
    *,
    images: Images,
    segmenter: PromptableSegmenter,
    label_maps: Path,
    points: Path,
    attention: Path,
    image_labels: Path,
    config: PromptConfig,
    output: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Prompt for the objects of every image and paint what comes back.

    Args:
        label_maps: folder of refined maps in round 1, of a segmenter's predictions in round 2.
        points: parquet file with key, x, y: the brightest point of each image.
        attention: folder of foreground maps; not read in `reference`.
        image_labels: parquet file with key, label, label_space and, for second classes, nearest and
            distances.
        output: folder of label maps to write: 0 background, else cluster id + 1; 65535 is left out
            of the loss.

    Returns:
        Mean foreground and uncertain fractions, mean score of the masks, and the counts of
        `COUNTS`. An image without a label (`without_label`) keeps its map; one without foreground
        (`skipped_empty`) becomes what `config.empty` says.

    Raises:
        ArtifactError: maps, labels or points of other images, maps of another size, or two label
            spaces.
    """
    maps, labels = LabelMaps(label_maps), ImageLabels.load(image_labels)
    one_label_space(
        {str(label_maps): maps.meta.get("label_space"), str(image_labels): labels.label_space}
    )
    require_maps(maps, images, label_maps)
    work = PromptedImage(
        images=images,
        segmenter=segmenter,
        maps=maps,
        points=read_points(points),
        attention=AttentionMaps(attention),
        labels=labels,
        config=config,
    )
    counts: Counter[str] = Counter()
    foreground, uncertain, scores = [], [], []
    with LabelMapWriter(output, {**maps.meta, "masks_by": segmenter.name}) as writer:
        results = ordered_map(
            work=work,
            items=images.keys,
            processes=worker_processes(segmenter, config.processes),
            name=images.name,
        )
        for key, painted in track(results, STAGE, len(images)):
            writer.write(key, painted.labels)
            counts.update(painted.counts)
            scores += painted.scores
            uncertain.append(float((painted.labels == UNCERTAIN).mean()))
            foreground.append(float((painted.labels > 0).mean()) - uncertain[-1])
    tracker.tag("mask_back_end", segmenter.name)
    figures = {
        "foreground": float(np.mean(foreground)),
        "uncertain": float(np.mean(uncertain)),
        "score": float(np.mean(scores)) if scores else 0.0,
        **{name: float(counts[name]) for name in COUNTS},
    }
    tracker.metrics(figures)
    return figures
