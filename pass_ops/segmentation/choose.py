"""Choice of a segmenter's checkpoint (method 12.5)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pass_ops.config.segmentation import (
    CHECKPOINT_CRITERIA,
    CheckpointChoiceConfig,
    PredictionConfig,
)
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
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


def choose_checkpoint(
    *,
    images: Images,
    truth: GroundTruth,
    checkpoints: SegmenterCheckpointsPath,
    prediction: PredictionConfig,
    config: CheckpointChoiceConfig,
    weights: SegmenterWeightsPath,
    tracker: Tracker,
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

    Returns:
        Epoch and validation mIoU of the copied checkpoint, and the validation mIoU of those that
        each criterion would choose; without classes its epoch and consistency.

    Raises:
        ArtifactError: there are no checkpoints.
    """
    candidates = [
        SegmenterWeightsPath(path) for path in list_checkpoints(checkpoints, "train_segmenter")
    ]
    mious: dict[Path, float] = {}
    consistencies: dict[Path, float] = {}
    for candidate in candidates:
        network, _ = load_segmenter(candidate)
        scores = {"consistency": flip_consistency(network, images, prediction)}
        consistencies[candidate] = scores["consistency"]
        if truth.has_classes:
            mious[candidate] = scores["miou"] = _validation_miou(
                images=images, truth=truth, weights=candidate, prediction=prediction
            )
        tracker.metrics(scoped("validation", scores), step=epoch_of(candidate))
    best = {
        "consistency": max(candidates, key=lambda candidate: consistencies[candidate]),
        "last": candidates[-1],
    }
    if truth.has_classes:
        best["validation"] = max(candidates, key=lambda candidate: mious[candidate])
    criterion = config.used(truth.has_classes)
    choice = best[criterion]
    epoch = epoch_of(choice)
    tracker.tag("checkpoint_chosen_by", CHECKPOINT_CRITERIA[criterion])
    with atomic_path(weights, form_of(SegmenterWeightsPath)) as temporary:
        shutil.copytree(choice, temporary)
    if not truth.has_classes:
        return {
            "epoch": float(epoch),
            **scoped("validation", {"consistency": consistencies[choice]}),
        }
    return {
        "epoch": float(epoch),
        "validation/miou": mious[choice],
        **{f"by_{name}/validation/miou": mious[path] for name, path in best.items()},
    }


def _validation_miou(
    *,
    images: Images,
    truth: GroundTruth,
    weights: SegmenterWeightsPath,
    prediction: PredictionConfig,
) -> float:
    """mIoU of a checkpoint on validation.

    Args:
        images, truth: the validation split.
        weights: the checkpoint.
        prediction: settings of its predictions.
    """
    with tempfile.TemporaryDirectory() as scratch:
        maps = LabelMapsPath(Path(scratch) / "maps")
        predict(images=images, weights=weights, config=prediction, label_maps=maps)
        return evaluate(predictions=LabelMaps(maps), truth=truth).metrics["miou"]
