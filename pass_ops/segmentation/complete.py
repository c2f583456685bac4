"""Foreground of prompted masks for what a segmenter has missed, as a stage (method 14)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pass_ops.clustering.label_space import same_space
from pass_ops.config.segmentation import CompletionConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.errors import ArtifactError
from pass_ops.paths import CompletedMapsPath, PaintedMapsPath, PredictedMapsPath
from pass_ops.tracking.tracker import Tracker

STAGE = "complete_predictions"


def completion(prediction: LabelMap, earlier: LabelMap, mask: LabelMap) -> LabelMap:
    """The foreground of prediction and mask, one class in each of its pieces.

    A piece (8 neighbours) takes the class that the three maps give to most of its pixels, each map
    by itself; of equals the lowest.

    Args:
        prediction: int32 [H, W], 0 background.
        earlier: int32 [H, W], that of the round before.
        mask: int32 [H, W], UNCERTAIN counts as background.
    """
    known = np.where(mask == UNCERTAIN, 0, mask)
    foreground = (prediction > 0) | (known > 0)
    count, pieces = cv2.connectedComponents(foreground.astype(np.uint8), connectivity=8)
    maps = np.stack([prediction, earlier, known])
    ids = int(maps.max()) + 1
    votes = np.bincount((pieces * ids + maps).ravel(), minlength=count * ids).reshape(count, ids)
    votes[:, 0] = 0
    classes = votes.argmax(axis=1).astype(np.int32)
    return np.where(foreground, classes[pieces], np.int32(0))


@dataclass(frozen=True, kw_only=True)
class CompletionOfImage:
    """The work of one process; gives an image's labels before and after."""

    predictions: LabelMaps
    earlier: LabelMaps
    masks: LabelMaps
    enabled: bool

    def __call__(self, key: str) -> tuple[LabelMap, LabelMap]:
        before = self.predictions.read(key)
        if not self.enabled:
            return before, before
        return before, completion(before, self.earlier.read(key), self.masks.read(key))


def complete_predictions(
    *,
    predicted_maps: PredictedMapsPath,
    earlier_maps: PredictedMapsPath,
    painted_maps: PaintedMapsPath,
    config: CompletionConfig,
    completed_maps: CompletedMapsPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Add the foreground of prompted masks to a segmenter's predictions.

    Args:
        predicted_maps: folder of label maps.
        earlier_maps: folder of those of the round before, of these images and maybe others.
        painted_maps: folder of prompted masks of these images.
        config: whether anything is added, and processes.
        completed_maps: folder of label maps to write.
        tracker: gets the result.

    Returns:
        Mean foreground fraction, and part of the pixels that was `added` to it.

    Raises:
        ArtifactError: two label spaces; an image has no mask or no earlier prediction, or one of
            another size.
    """
    predictions = LabelMaps(predicted_maps)
    earlier = LabelMaps(earlier_maps, only=predictions.keys)
    masks = LabelMaps(painted_maps)
    others = {str(earlier_maps): earlier, str(painted_maps): masks}
    spaces = {name: maps.origin("label_space") for name, maps in others.items()}
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
    foreground, added = [], []
    with LabelMapWriter(completed_maps, predictions.meta) as writer:
        results = ordered_map(
            work=CompletionOfImage(
                predictions=predictions, earlier=earlier, masks=masks, enabled=config.enabled
            ),
            items=predictions.keys,
            processes=config.processes,
            name=lambda key: f"image {key}",
        )
        for key, (before, after) in track(results, STAGE, len(predictions)):
            writer.write(key, after)
            foreground.append(float((after > 0).mean()))
            added.append(float(((after > 0) & (before == 0)).mean()))
    metrics = {"foreground": float(np.mean(foreground)), "added": float(np.mean(added))}
    tracker.metrics(metrics)
    return metrics
