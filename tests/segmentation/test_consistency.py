"""A measure of checkpoints without ground truth (method 24.13)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.images import Images
from pass_ops.models.segmenter import load_segmenter
from pass_ops.segmentation.consistency import agreement, flip_consistency


def test_agreement_by_hand() -> None:
    first = np.array([[0, 1, 1, 2]], np.int32)
    second = np.array([[0, 1, 2, 0]], np.int32)
    assert agreement(first, second) == pytest.approx(1 / 3)
    assert agreement(first, first) == 1
    assert agreement(0 * first, 0 * first) == 0


class Symmetric(Images):
    """Images that are their own mirror images."""

    def __init__(self, images: Images) -> None:
        self.images = images

    @property
    def keys(self) -> tuple[str, ...]:
        return self.images.keys[:4]

    def image(self, key: str) -> np.ndarray:
        image = self.images.image(key)
        half = image[:, : image.shape[1] // 2]
        return np.concatenate([half, half[:, ::-1]], axis=1)


def test_symmetric_labels_of_symmetric_images_are_the_most_consistent(
    training_images: Images, checkpoints: Path
) -> None:
    network, _ = load_segmenter(checkpoints / "epoch-0002")
    config = PredictionConfig(sizes=(96,))
    mirrored_alike = flip_consistency(network, Symmetric(training_images), config)
    photographs = flip_consistency(network, training_images, config)
    # Convolutions of stride 2 see even sides from the left: labels of symmetric images are not
    # quite symmetric.
    assert 0 < photographs < mirrored_alike <= 1
