"""Foreground of prompted masks for what a segmenter has missed, as a stage (method 14)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

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


def completion(prediction: LabelMap, mask: LabelMap) -> LabelMap:
    """The foreground of both maps, with the segmenter's classes.

    A pixel that the mask alone has takes the class of the nearest one that the segmenter labelled;
    where it labelled none, that of the mask.

    Args:
        prediction: int32 [H, W], 0 background.
        mask: int32 [H, W], 0 background, UNCERTAIN counts as such.
    """
    known = np.where(mask == UNCERTAIN, 0, mask).astype(np.int32)
    if not prediction.any():
        return known
    rows, columns = distance_transform_edt(
        prediction == 0, return_distances=False, return_indices=True
    )
    return np.where(known > 0, prediction[rows, columns], prediction)


@dataclass(frozen=True)
class CompletionOfImage:
    """The work of one process; gives an image's labels before and after."""

    predictions: LabelMaps
    masks: LabelMaps
    enabled: bool

    def __call__(self, key: str) -> tuple[LabelMap, LabelMap]:
        before = self.predictions.read(key)
        return before, completion(before, self.masks.read(key)) if self.enabled else before


def complete_predictions(
    *,
    predicted_maps: PredictedMapsPath,
    painted_maps: PaintedMapsPath,
    config: CompletionConfig,
    completed_maps: CompletedMapsPath,
    tracker: Tracker,
) -> dict[str, float]:
    """Add the foreground of prompted masks to a segmenter's predictions.

    Args:
        predicted_maps, painted_maps: folders of label maps of the same images.
        config: whether anything is added, and processes.
        completed_maps: folder of label maps to write.
        tracker: gets the result.

    Returns:
        Mean foreground fraction, and part of the pixels that was `added` to it.

    Raises:
        ArtifactError: two label spaces; an image has no mask, or one of another size.
    """
    predictions, masks = LabelMaps(predicted_maps), LabelMaps(painted_maps)
    spaces = (maps.origin("label_space") for maps in (predictions, masks))
    same_space(dict(zip((str(predicted_maps), str(painted_maps)), spaces, strict=True)))
    unlike = sorted(set(predictions.keys) ^ set(masks.keys)) or [
        key for key in predictions.keys if predictions.size(key) != masks.size(key)
    ]
    if unlike:
        raise ArtifactError(
            f"{predicted_maps} and {painted_maps} are not of the same images: {len(unlike)} differ "
            f"({unlike[0]}, …): make both of one data set"
        )
    foreground, added = [], []
    with LabelMapWriter(completed_maps, predictions.meta) as writer:
        results = ordered_map(
            work=CompletionOfImage(predictions, masks, config.enabled),
            items=predictions.keys,
            processes=config.processes,
            name=lambda key: f"image {key}",
        )
        for key, (before, after) in track(results, STAGE, len(predictions)):
            writer.write(key, after)
            foreground.append(float((after > 0).mean()))
            added.append(float((after != before).mean()))
    metrics = {"foreground": float(np.mean(foreground)), "added": float(np.mean(added))}
    tracker.metrics(metrics)
    return metrics
