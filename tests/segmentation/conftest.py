"""Pseudo-labels for the synthetic training images, and a segmenter trained on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.segmentation.train_segmenter import train_segmenter
from pass_ops.tracking.tracker import NullTracker


@pytest.fixture(scope="session")
def pseudo_labels(training_images: Images, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ids 0…6 that depend on brightness and column."""
    folder = tmp_path_factory.mktemp("pseudo") / "labels"
    with LabelMapWriter(folder, {"label_space": "clustering-1"}) as writer:
        for key in training_images.keys:
            image = training_images.image(key)
            right = np.arange(image.shape[1]) * 3 // image.shape[1]
            writer.write(key, ((image.mean(axis=2) > 128) * (1 + right)).astype(np.int32))
    return folder


@pytest.fixture(scope="session")
def image_labels(training_images: Images, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A label for each image, surer from image to image."""
    table = pd.DataFrame({"key": training_images.keys, "label": 0, "label_space": "clustering-1"})
    path = tmp_path_factory.mktemp("image labels") / "labels.parquet"
    table.assign(confidence=np.linspace(0.2, 1, len(table))).to_parquet(path)
    return path


@pytest.fixture(scope="session")
def tiny_segmentation() -> SegmentationConfig:
    """Two epochs of three steps."""
    optimiser = OptimiserConfig(name="adamw", base_lr=0.003, final_lr=0.0003, weight_decay=0.0)
    return SegmentationConfig(
        optimiser=optimiser, crop=32, epochs=2, batch_size=8, workers=2, checkpoint_every=1
    )


@pytest.fixture(scope="session")
def train_into(
    training_images: Images,
    pseudo_labels: Path,
    image_labels: Path,
    pretrained: Path,
    tiny_segmentation: SegmentationConfig,
) -> Callable[[Path], object]:
    """Trains a segmenter, with a folder for the checkpoints of its epochs."""

    def into(checkpoints: Path) -> object:
        return train_segmenter(
            images=training_images,
            pseudo_labels=pseudo_labels,
            weights=pretrained / "last",
            image_labels=image_labels,
            clusters=6,
            config=tiny_segmentation,
            checkpoints=checkpoints,
            tracker=NullTracker(),
        )

    return into


@pytest.fixture(scope="session")
def checkpoints(
    train_into: Callable[[Path], object], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of both epochs' checkpoints."""
    folder = tmp_path_factory.mktemp("segmenter") / "checkpoints"
    train_into(folder)
    return folder
