"""A classifier trained for two epochs on the clusters of the synthetic images."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.data.images import Images
from pass_ops.denoising.classifier import train_classifier
from pass_ops.tracking.tracker import NullTracker


@pytest.fixture(scope="session")
def tiny_classifier() -> ClassifierConfig:
    """Two epochs of three steps."""
    return ClassifierConfig(
        optimiser=OptimiserConfig(name="adamw", base_lr=0.003, final_lr=0.0003, weight_decay=0.0),
        crop=32,
        epochs=2,
        ensemble_epochs=2,
        batch_size=8,
        workers=2,
        cache_side=48,
    )


@pytest.fixture(scope="session")
def classified(
    training_images: Images,
    clustered: Path,
    attention_weights: Path,
    tiny_classifier: ClassifierConfig,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with `checkpoints` of both epochs and the `last` one, of classifier f."""
    folder = tmp_path_factory.mktemp("classified")
    train_classifier(
        name="f",
        images=training_images,
        targets=clustered / "labels.parquet",
        weights=attention_weights,
        clusters=6,
        config=tiny_classifier,
        checkpoints=folder / "checkpoints",
        last=folder / "last",
        tracker=NullTracker(),
    )
    return folder
