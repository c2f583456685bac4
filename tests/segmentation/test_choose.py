"""Choice of a checkpoint (method 12.5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.config.segmentation import CheckpointChoiceConfig, PredictionConfig
from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.data.locate import locate
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.models.segmenter import load_segmenter
from pass_ops.models.weights import load_card
from pass_ops.segmentation.choose import choose_checkpoint
from pass_ops.segmentation.consistency import flip_consistency
from pass_ops.segmentation.predict import predict
from pass_ops.tracking.tracker import NullTracker

PREDICTION = PredictionConfig(sizes=(32,), flip=False)


@pytest.fixture(scope="module")
def validation(
    synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Images, GroundTruth]:
    pointer, cache = locate(str(synthetic_data)), tmp_path_factory.mktemp("cache")
    return open_images(pointer, "validation", cache), open_ground_truth(
        pointer, "validation", cache
    )


@pytest.mark.parametrize("by", ["validation", "consistency", "last"])
def test_all_are_scored_and_one_is_copied(
    by: str, checkpoints: Path, validation: tuple[Images, GroundTruth], tmp_path: Path
) -> None:
    images, truth = validation
    scores, steady = {}, {}
    for epoch in (1, 2):
        predict(
            images=images,
            weights=checkpoints / f"epoch-{epoch:04d}",
            config=PREDICTION,
            label_maps=tmp_path / str(epoch),
        )
        scores[epoch] = evaluate(predictions=LabelMaps(tmp_path / str(epoch)), truth=truth).metrics[
            "miou"
        ]
        steady[epoch] = flip_consistency(
            load_segmenter(checkpoints / f"epoch-{epoch:04d}")[0], images, PREDICTION
        )
    config = CheckpointChoiceConfig(by=by)
    figures = choose_checkpoint(
        images=images,
        truth=truth,
        checkpoints=checkpoints,
        prediction=PREDICTION,
        config=config,
        weights=tmp_path / "chosen",
        tracker=NullTracker(),
    )
    choices = {
        "validation": max(scores, key=lambda epoch: (scores[epoch], -epoch)),
        "consistency": max(steady, key=lambda epoch: (steady[epoch], -epoch)),
        "last": 2,
    }
    chosen = choices[by]
    assert figures == {
        "epoch": chosen,
        "val_miou": scores[chosen],
        **{f"by_{rule}_val_miou": scores[epoch] for rule, epoch in choices.items()},
    }
    assert load_card(tmp_path / "chosen").epoch == chosen
    source = checkpoints / f"epoch-{chosen:04d}" / "model.safetensors"
    assert (tmp_path / "chosen" / "model.safetensors").read_bytes() == source.read_bytes()


def test_without_checkpoints_there_is_no_choice(
    validation: tuple[Images, GroundTruth], tmp_path: Path
) -> None:
    with pytest.raises(ArtifactError, match="holds no checkpoints: run train_segmenter again"):
        choose_checkpoint(
            *validation,
            tmp_path,
            PREDICTION,
            CheckpointChoiceConfig(),
            tmp_path / "chosen",
            NullTracker(),
        )
