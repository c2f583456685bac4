"""Choice of a checkpoint (method 12.5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.config.segmentation import CheckpointChoiceConfig, PredictionConfig
from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.locate import locate
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.models.segmenter import load_segmenter
from pass_ops.models.weights import load_card
from pass_ops.segmentation.choose import choose_checkpoint
from pass_ops.segmentation.consistency import flip_consistency
from pass_ops.segmentation.predict import predict
from pass_ops.tracking.tracker import NullTracker
from tests.unlabelled import without_truth

PREDICTION = PredictionConfig(sizes=(32,), flip=False)


@pytest.fixture(scope="module")
def validation(
    synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Images, GroundTruth]:
    pointer, cache = locate(str(synthetic_data)), tmp_path_factory.mktemp("cache")
    return open_images(pointer, "validation", cache), open_ground_truth(
        pointer, "validation", cache
    )


@pytest.mark.parametrize("criterion", ["validation", "consistency", "last"])
def test_all_are_scored_and_one_is_copied(
    criterion: str, checkpoints: Path, validation: tuple[Images, GroundTruth], tmp_path: Path
) -> None:
    images, truth = validation
    mious, consistencies = {}, {}
    for epoch in (1, 2):
        weights, maps = checkpoints / f"epoch-{epoch:04d}", tmp_path / str(epoch)
        predict(images=images, weights=weights, config=PREDICTION, label_maps=maps)
        mious[epoch] = evaluate(predictions=LabelMaps(maps), truth=truth).metrics["miou"]
        network, _ = load_segmenter(weights)
        consistencies[epoch] = flip_consistency(network, images, PREDICTION)
    metrics = choose_checkpoint(
        images=images,
        truth=truth,
        checkpoints=checkpoints,
        prediction=PREDICTION,
        config=CheckpointChoiceConfig(criterion=criterion),
        weights=tmp_path / "weights",
        tracker=NullTracker(),
    )
    best = {
        "validation": max(mious, key=lambda epoch: (mious[epoch], -epoch)),
        "consistency": max(consistencies, key=lambda epoch: (consistencies[epoch], -epoch)),
        "last": 2,
    }
    choice = best[criterion]
    assert metrics == {
        "epoch": choice,
        "validation/miou": mious[choice],
        **{f"by_{name}/validation/miou": mious[epoch] for name, epoch in best.items()},
    }
    assert load_card(tmp_path / "weights").epoch == choice
    source = checkpoints / f"epoch-{choice:04d}" / "model.safetensors"
    assert (tmp_path / "weights" / "model.safetensors").read_bytes() == source.read_bytes()


def test_without_checkpoints_there_is_no_choice(
    validation: tuple[Images, GroundTruth], tmp_path: Path
) -> None:
    images, truth = validation
    with pytest.raises(ArtifactError, match="holds no checkpoints: run train_segmenter again"):
        choose_checkpoint(
            images=images,
            truth=truth,
            checkpoints=tmp_path,
            prediction=PREDICTION,
            config=CheckpointChoiceConfig(),
            weights=tmp_path / "weights",
            tracker=NullTracker(),
        )


@pytest.mark.parametrize("criterion", ["validation", "last"])
def test_without_classes_none_is_compared_with_masks(
    criterion: str, checkpoints: Path, validation: tuple[Images, GroundTruth], tmp_path: Path
) -> None:
    images, _ = validation
    metrics = choose_checkpoint(
        images=images,
        truth=without_truth(images.keys, 6),
        checkpoints=checkpoints,
        prediction=PREDICTION,
        config=CheckpointChoiceConfig(criterion=criterion),
        weights=tmp_path / "weights",
        tracker=NullTracker(),
    )
    consistencies = {}
    for epoch in (1, 2):
        network, _ = load_segmenter(checkpoints / f"epoch-{epoch:04d}")
        consistencies[epoch] = flip_consistency(network, images, PREDICTION)
    best = max(consistencies, key=lambda epoch: (consistencies[epoch], -epoch))
    choice = best if criterion == "validation" else 2
    assert metrics == {"epoch": choice, "validation/consistency": consistencies[choice]}
    assert load_card(tmp_path / "weights").epoch == choice
