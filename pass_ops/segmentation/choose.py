"""Choice of a segmenter's checkpoint (method 12.5)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pass_ops.config.segmentation import CHOSEN_BY, CheckpointChoiceConfig, PredictionConfig
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.models.segmenter import load_segmenter
from pass_ops.models.weights import load_card
from pass_ops.segmentation.consistency import flip_consistency
from pass_ops.segmentation.predict import predict
from pass_ops.storage.atomic import atomic_path
from pass_ops.tracking.tracker import Tracker

STAGE = "choose_checkpoint"
# Its name in MLflow's model registry.
MODEL = "pass-segmenter"


def choose_checkpoint(
    *,
    images: Images,
    truth: GroundTruth,
    checkpoints: Path,
    prediction: PredictionConfig,
    config: CheckpointChoiceConfig,
    weights: Path,
    tracker: Tracker,
) -> dict[str, float]:
    """Score every checkpoint on validation, copy the chosen one, and register it as a model.

    All are scored by all rules, so that the report can say what the choice on validation masks is
    worth.

    Args:
        images, truth: the validation split.
        checkpoints: folder that `train_segmenter` wrote.
        weights: folder to write.

    Returns:
        Epoch and validation mIoU of the chosen checkpoint, and the validation mIoU of those that
        each rule would choose.

    Raises:
        ArtifactError: there are no checkpoints.
    """
    candidates = sorted(checkpoints.glob("epoch-*"))
    if not candidates:
        raise ArtifactError(f"{checkpoints} holds no checkpoints: run train_segmenter again")
    mious: dict[Path, float] = {}
    steady: dict[Path, float] = {}
    for candidate in candidates:
        with tempfile.TemporaryDirectory() as scratch:
            maps = Path(scratch) / "maps"
            predict(images=images, weights=candidate, config=prediction, label_maps=maps)
            mious[candidate] = evaluate(predictions=LabelMaps(maps), truth=truth).metrics["miou"]
        steady[candidate] = flip_consistency(load_segmenter(candidate)[0], images, prediction)
        tracker.metrics(
            {"val_miou": mious[candidate], "consistency": steady[candidate]}, step=_epoch(candidate)
        )
    choices = {
        "validation": max(candidates, key=lambda candidate: mious[candidate]),
        "consistency": max(candidates, key=lambda candidate: steady[candidate]),
        "last": candidates[-1],
    }
    chosen = choices[config.by]
    tracker.tag("checkpoint_chosen_by", CHOSEN_BY[config.by])
    with atomic_path(weights) as temporary:
        shutil.copytree(chosen, temporary)
    tracker.register(
        weights, MODEL, {"masks": load_card(chosen).masks, "epoch": str(_epoch(chosen))}
    )
    return {
        "epoch": float(_epoch(chosen)),
        "val_miou": mious[chosen],
        **{f"by_{rule}_val_miou": mious[candidate] for rule, candidate in choices.items()},
    }


def _epoch(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix("epoch-"))
