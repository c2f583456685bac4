"""Choice of a segmenter's checkpoint (ALGORITHMS 12.5)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pass_ops.config.segmentation import CheckpointChoiceConfig, PredictionConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.evaluate import evaluate
from pass_ops.segmentation.predict import predict
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "choose_checkpoint"


def choose_checkpoint(
    images: Images,
    truth: GroundTruth,
    checkpoints: Path,
    prediction: PredictionConfig,
    config: CheckpointChoiceConfig,
    weights: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Score every checkpoint on validation and copy the chosen one.

    All are scored whichever rule chooses, so that the report can say what the choice on validation masks is worth.

    Args:
        images, truth: the validation split.
        checkpoints: folder that `train_segmenter` wrote.
        weights: folder to write.

    Returns:
        Epoch and validation mIoU of the chosen checkpoint, and the best and the last one's mIoU.

    Raises:
        ArtifactError: there are no checkpoints.
    """
    candidates = sorted(checkpoints.glob("epoch-*"))
    if not candidates:
        raise ArtifactError(f"{checkpoints} holds no checkpoints: run train_segmenter again")
    mious: dict[Path, float] = {}
    for candidate in candidates:
        with tempfile.TemporaryDirectory() as scratch:
            maps = Path(scratch) / "maps"
            predict(images, candidate, prediction, maps)
            mious[candidate] = evaluate(LabelMaps(maps), truth).metrics["miou"]
        tracker.metrics({"val_miou": mious[candidate]}, step=_epoch(candidate))
    best = max(candidates, key=lambda candidate: mious[candidate])
    chosen = best if config.by == "validation" else candidates[-1]
    tracker.tag("checkpoint_chosen_by", "validation masks" if config.by == "validation" else "last epoch")
    with atomic_path(weights) as temporary:
        shutil.copytree(chosen, temporary)
    tracker.file(weights, "chosen")
    return {
        "epoch": float(_epoch(chosen)),
        "val_miou": mious[chosen],
        "best_val_miou": mious[best],
        "last_val_miou": mious[candidates[-1]],
    }


def _epoch(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix("epoch-"))
