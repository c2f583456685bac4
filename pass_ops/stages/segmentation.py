"""Steps 5.1 to 5.3, 6.1 and 6.2."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.schema import build
from pass_ops.config.segmentation import (
    CheckpointChoiceConfig,
    PredictionConfig,
    SegmentationConfig,
)
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import categories_of, images_of, truth_of


def train_segmenter(
    name: str,
    dataset: str,
    label_maps: str,
    image_labels: str,
    pretrained: str,
    config: Settings,
    checkpoints: str,
) -> Metadata:
    """Steps 5.1 and 6.1: write the checkpoints of a segmenter trained on `label_maps`; `name` tells
    the rounds apart.
    """
    from pass_ops.segmentation.train import STAGE
    from pass_ops.segmentation.train import train_segmenter as stage

    return run_stage(
        f"{STAGE}_{name}",
        lambda tracker: stage(
            images_of(dataset, "train"),
            Path(label_maps),
            Path(pretrained),
            Path(image_labels),
            categories_of(dataset),
            build(SegmentationConfig, config),
            Path(checkpoints),
            tracker,
        ),
        config,
        (checkpoints,),
        "loss",
    )


def choose_checkpoint(
    name: str, dataset: str, checkpoints: str, config: Settings, prediction: Settings, weights: str
) -> Metadata:
    """Step 5.2: score every checkpoint on validation; write the chosen one."""
    from pass_ops.segmentation.choose import STAGE
    from pass_ops.segmentation.choose import choose_checkpoint as stage

    return run_stage(
        f"{STAGE}_{name}",
        lambda tracker: stage(
            images_of(dataset, "validation"),
            truth_of(dataset, "validation"),
            Path(checkpoints),
            build(PredictionConfig, prediction),
            build(CheckpointChoiceConfig, config),
            Path(weights),
            tracker,
        ),
        {**config, "prediction": prediction},
        (weights,),
        "val_miou",
    )


def predict(
    name: str, dataset: str, split: str, weights: str, config: Settings, label_maps: str
) -> Metadata:
    """Steps 5.3 and 6.2: write the labels that a segmenter gives to every image of `split`; `name`
    tells the uses apart.
    """
    from pass_ops.segmentation.predict import STAGE
    from pass_ops.segmentation.predict import predict as stage

    return run_stage(
        f"{STAGE}_{name}",
        lambda _: stage(
            images_of(dataset, split),
            Path(weights),
            build(PredictionConfig, config),
            Path(label_maps),
        ),
        config,
        (label_maps,),
        "foreground",
    )
