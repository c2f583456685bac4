"""A segmenter's predictions with prompted masks of the same images, as a stage (method 14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import CONFIDENCE, LabelTable
from pass_ops.config.segmentation import CompletionConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.errors import ArtifactError
from pass_ops.paths import (
    CompletedMapsPath,
    ImageLabelsPath,
    PaintedMapsPath,
    PredictedMapsPath,
)
from pass_ops.tracking.tracker import Tracker

STAGE = "complete_predictions"


def completion(
    *, prediction: LabelMap, earlier: LabelMap, mask: LabelMap, confidence: float
) -> LabelMap:
    """The foreground of the mask, or the prediction's if it has none, one class in each piece.

    A piece (8 neighbours) takes the class with most votes, the lowest of equals. Each pixel in it
    has one vote of each prediction, worth a half, and one of the mask, worth its confidence.

    Args:
        prediction: int32 [H, W], 0 background.
        earlier: int32 [H, W], that of the round before.
        mask: int32 [H, W], UNCERTAIN counts as background.
        confidence: probability of the label that the mask was painted with, above 0 and up to 1.
    """
    known = np.where(mask == UNCERTAIN, 0, mask)
    foreground = (known if known.any() else prediction) > 0
    count, pieces = cv2.connectedComponents(foreground.astype(np.uint8), connectivity=8)
    ids = int(max(one.max() for one in (prediction, earlier, known))) + 1
    votes = np.zeros((count, ids))
    for one, worth in ((prediction, 0.5), (earlier, 0.5), (known, confidence)):
        pixels = np.bincount((pieces * ids + one).ravel(), minlength=count * ids)
        votes += worth * pixels.reshape(count, ids)
    votes[:, 0] = 0
    classes = votes.argmax(axis=1).astype(np.int32)
    return np.where(foreground, classes[pieces], np.int32(0))


@dataclass(frozen=True, kw_only=True)
class CompletionOfImage:
    """The work of one process; gives an image's labels before and after."""

    predictions: LabelMaps
    earlier: LabelMaps
    masks: LabelMaps
    confidences: Mapping[str, float]
    enabled: bool

    def __call__(self, key: str) -> tuple[LabelMap, LabelMap]:
        before = self.predictions.read(key)
        if not self.enabled:
            return before, before
        after = completion(
            prediction=before,
            earlier=self.earlier.read(key),
            mask=self.masks.read(key),
            confidence=self.confidences[key],
        )
        return before, after


def complete_predictions(
    *,
    predicted_maps: PredictedMapsPath,
    earlier_maps: PredictedMapsPath,
    painted_maps: PaintedMapsPath,
    image_labels: ImageLabelsPath,
    config: CompletionConfig,
    completed_maps: CompletedMapsPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Give a segmenter's predictions the outlines of prompted masks, and classes of both.

    Args:
        predicted_maps: folder of label maps.
        earlier_maps: folder of those of the round before, of these images and maybe others.
        painted_maps: folder of prompted masks of these images.
        image_labels: table of the labels that they were painted with, whose confidence counts.
        config: whether anything is changed, and processes.
        completed_maps: folder of label maps to write.
        tracker: gets the result.

    Returns:
        Mean foreground fraction, and part of the pixels that have `changed`.

    Raises:
        ArtifactError: two label spaces; an image has no mask or no earlier prediction, or one of
            another size; labels are of other images, or without confidence.
    """
    predictions = LabelMaps(predicted_maps)
    earlier = LabelMaps(earlier_maps, only=predictions.keys)
    masks = LabelMaps(painted_maps)
    labels = LabelTable.load(image_labels).require(*CONFIDENCE).ordered(predictions.keys)
    others = {str(earlier_maps): earlier, str(painted_maps): masks}
    spaces = {name: maps.origin("label_space") for name, maps in others.items()}
    spaces[str(image_labels)] = labels.label_space
    same_space({str(predicted_maps): predictions.origin("label_space"), **spaces})
    for name, maps in others.items():
        unlike = sorted(set(predictions.keys) ^ set(maps.keys)) or [
            key for key in predictions.keys if predictions.size(key) != maps.size(key)
        ]
        if unlike:
            raise ArtifactError(
                f"{predicted_maps} and {name} are not of the same images: {len(unlike)} differ "
                f"({unlike[0]}, …): make both of one data set"
            )
    confidences = dict(zip(labels.keys, labels.column("confidence").tolist(), strict=True))
    foreground, changed = [], []
    with LabelMapWriter(completed_maps, predictions.meta) as writer:
        results = ordered_map(
            work=CompletionOfImage(
                predictions=predictions,
                earlier=earlier,
                masks=masks,
                confidences=confidences,
                enabled=config.enabled,
            ),
            items=predictions.keys,
            processes=config.processes,
            name=lambda key: f"image {key}",
        )
        for key, (before, after) in track(results, STAGE, len(predictions)):
            writer.write(key, after)
            foreground.append(float((after > 0).mean()))
            changed.append(float((after != before).mean()))
    metrics = {"foreground": float(np.mean(foreground)), "changed": float(np.mean(changed))}
    tracker.metrics(metrics)
    return metrics
