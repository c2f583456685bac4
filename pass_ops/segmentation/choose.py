"""Choice of a segmenter's checkpoint (method 12.5)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pass_ops.config.segmentation import (
    CHECKPOINT_CRITERIA,
    CheckpointChoiceConfig,
    PredictionConfig,
)
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.engine.checkpoints.shards import Codec, Shards, resumed
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.models.checkpoints import epoch_of, list_checkpoints
from pass_ops.models.segmenter import load_segmenter
from pass_ops.paths import LabelMapsPath, SegmenterCheckpointsPath, SegmenterWeightsPath
from pass_ops.segmentation.consistency import flip_consistency
from pass_ops.segmentation.predict import predict
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "choose_checkpoint"
Scores = dict[str, float]
_CODEC = Codec[Scores](
    lambda scores: {name: np.array(value) for name, value in scores.items()},
    lambda _, kept: {name: float(value) for name, value in kept.items()},
)


def choose_checkpoint(
    *,
    images: Images,
    truth: GroundTruth,
    checkpoints: SegmenterCheckpointsPath,
    prediction: PredictionConfig,
    config: CheckpointChoiceConfig,
    weights: SegmenterWeightsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Score every checkpoint on validation, and copy the best one.

    All are scored by all criteria, so that the report can say what the choice on validation masks
    is worth; where the set has no classes, by those that need no masks.

    Args:
        images, truth: the validation split.
        checkpoints: folder that `train_segmenter` wrote.
        prediction: settings of the predictions that are scored.
        config: the criterion that decides.
        weights: folder to write.
        tracker: given every checkpoint's scores.
        shards: what is done already.

    Returns:
        Epoch and validation mIoU of the copied checkpoint, and the validation mIoU of those that
        each criterion would choose; without classes its epoch and consistency.

    Raises:
        ArtifactError: there are no checkpoints.
    """
    candidates = {
        path.name: SegmenterWeightsPath(path)
        for path in list_checkpoints(checkpoints, "train_segmenter")
    }

    def compute(names: Sequence[str]) -> Iterator[tuple[str, Scores]]:
        for name in names:
            yield (
                name,
                _scores(
                    images=images, truth=truth, weights=candidates[name], prediction=prediction
                ),
            )

    scores: dict[str, Scores] = {}
    for name, found in resumed(
        compute=compute, keys=list(candidates), codec=_CODEC, shards=shards, part="checkpoints"
    ):
        scores[name] = found
        tracker.metrics(scoped("validation", found), step=epoch_of(candidates[name]))
    best = {
        "consistency": max(scores, key=lambda name: scores[name]["consistency"]),
        "last": list(scores)[-1],
    }
    if truth.has_classes:
        best["validation"] = max(scores, key=lambda name: scores[name]["miou"])
    criterion = config.used(truth.has_classes)
    choice = best[criterion]
    epoch = epoch_of(candidates[choice])
    tracker.tag("checkpoint_chosen_by", CHECKPOINT_CRITERIA[criterion])
    with atomic_path(weights, form_of(SegmenterWeightsPath)) as temporary:
        shutil.copytree(candidates[choice], temporary)
    if not truth.has_classes:
        return {
            "epoch": float(epoch),
            **scoped("validation", scores[choice]),
        }
    return {
        "epoch": float(epoch),
        "validation/miou": scores[choice]["miou"],
        **{f"by_{by}/validation/miou": scores[name]["miou"] for by, name in best.items()},
    }


def _scores(
    *,
    images: Images,
    truth: GroundTruth,
    weights: SegmenterWeightsPath,
    prediction: PredictionConfig,
) -> Scores:
    """Consistency of a checkpoint, and its mIoU where the set has classes.

    Args:
        images, truth: the validation split.
        weights: the checkpoint.
        prediction: settings of its predictions.
    """
    network, _ = load_segmenter(weights)
    scores = {"consistency": flip_consistency(network, images, prediction)}
    if truth.has_classes:
        with tempfile.TemporaryDirectory() as scratch:
            maps = LabelMapsPath(Path(scratch) / "maps")
            predict(images=images, weights=weights, config=prediction, label_maps=maps)
            scores["miou"] = evaluate(predictions=LabelMaps(maps), truth=truth).metrics["miou"]
    return scores
