"""Prompted masks, painted with image labels, as a stage of both rounds (method 11, 13)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import NO_LABEL, LabelTable
from pass_ops.config.masks import PromptConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.progress import track
from pass_ops.paths import (
    AttentionMapsPath,
    ImageLabelsPath,
    LabelMapsPath,
    PaintedMapsPath,
    PromptsPath,
)
from pass_ops.pseudo_labels.attention_maps import AttentionMaps
from pass_ops.pseudo_labels.by_segmenter import ImageWork, by_segmenter
from pass_ops.pseudo_labels.codecs import MADE_MAP, MadeMap, made_map
from pass_ops.pseudo_labels.inputs import ImageAndMap, ReadImageAndMap, require_maps
from pass_ops.pseudo_labels.prompts.prompt_points import load_points
from pass_ops.pseudo_labels.prompts.prompted import PromptedImage
from pass_ops.sam.interface import PromptableSegmenter
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


@dataclass(frozen=True)
class PaintingOfImage:
    """An image's painted map, and what is counted of it.

    Attributes:
        prompted: prompts, chooses and paints.
    """

    prompted: PromptedImage

    def __call__(self, key: str, read: ImageAndMap) -> MadeMap:
        painted = self.prompted(key, *read)
        uncertain = float((painted.labels == UNCERTAIN).mean())
        return made_map(
            painted.labels,
            foreground=float((painted.labels > 0).mean()) - uncertain,
            uncertain=uncertain,
            scores=np.array(painted.scores, float),
            **painted.counts,
        )


def prompt_masks(
    *,
    images: Images,
    segmenter: PromptableSegmenter,
    label_maps: LabelMapsPath,
    prompts: PromptsPath,
    attention_maps: AttentionMapsPath,
    image_labels: ImageLabelsPath,
    config: PromptConfig,
    painted_maps: PaintedMapsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Prompt for the objects of every image and paint what comes back.

    Args:
        images: any split.
        segmenter: what answers the prompts.
        label_maps: folder of refined maps in round 1, of a segmenter's predictions in round 2.
        prompts: parquet file with key, x, y: the brightest point of each image.
        attention_maps: folder of foreground maps, not read in `reference`, and of the distances
            that `multi` goes by.
        image_labels: parquet file with key, label and label_space.
        config: prompts, gates, and processes.
        painted_maps: folder of label maps to write: 0 background, else cluster id + 1; 65535 is
            left out of the loss.
        tracker: gets the result, and which back end made the masks.
        shards: what is done already.

    Returns:
        Mean foreground and uncertain fractions, mean score of the masks, and the counts of
        `COUNTS`. An image without a label (`without_label`) keeps its map; one without foreground
        (`skipped_empty`) becomes what `config.on_empty` says.

    Raises:
        ArtifactError: maps, labels or points of other images, maps of another size, or two label
            spaces.
    """
    maps, labels = LabelMaps(label_maps), LabelTable.load(image_labels, least=NO_LABEL)
    same_space({str(label_maps): maps.origin("label_space"), str(image_labels): labels.label_space})
    require_maps(maps, images, label_maps)
    prompted = PromptedImage(
        segmenter=segmenter,
        points=load_points(prompts),
        attention=AttentionMaps(attention_maps),
        labels=dict(zip(labels.keys, labels.labels.tolist(), strict=True)),
        config=config,
    )
    work = ImageWork(ReadImageAndMap(images, maps), PaintingOfImage(prompted))
    counts: Counter[str] = Counter()
    foreground, uncertain, scores = [], [], []
    with LabelMapWriter(painted_maps, {**maps.meta, "masks_by": segmenter.name}) as writer:
        results = resumed(
            compute=lambda keys: by_segmenter(
                segmenter=segmenter,
                work=work,
                keys=keys,
                processes=config.processes,
                name=images.name,
            ),
            keys=images.keys,
            codec=MADE_MAP,
            shards=shards,
        )
        for key, made in track(results, STAGE, len(images)):
            writer.write_encoded(key, made.encoded)
            for name in COUNTS:
                counts[name] += int(made.figures.get(name, 0))
            scores += made.figures["scores"].tolist()
            uncertain.append(made.figure("uncertain"))
            foreground.append(made.figure("foreground"))
    tracker.tag("mask_back_end", segmenter.name)
    metrics = {
        "foreground": float(np.mean(foreground)),
        "uncertain": float(np.mean(uncertain)),
        "score": float(np.mean(scores)) if scores else 0.0,
        **{name: float(counts[name]) for name in COUNTS},
    }
    tracker.metrics(metrics)
    return metrics
