"""Batches of images with their label maps (method 12.1)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.segmentation.batches import LabelledBatch, crop_loader, labelled_batches


@pytest.fixture
def labels(pseudo_labels: Path) -> LabelMaps:
    return LabelMaps(pseudo_labels)


def epoch_of(images: Images, labels: LabelMaps, config: SegmentationConfig) -> list[LabelledBatch]:
    """The batches of the first epoch, in which each image's weight is its place."""
    weights = np.arange(len(images), dtype=np.float32)
    with crop_loader(images, labels, config) as loader:
        return list(labelled_batches(loader=loader, weights=weights, config=config, epoch=0))


def test_an_epoch_shows_every_image_once_with_its_weight(
    training_images: Images, labels: LabelMaps, tiny_segmentation: SegmentationConfig
) -> None:
    batches = epoch_of(training_images, labels, tiny_segmentation)
    assert len(batches) == 3
    for batch in batches:
        assert [part.shape for part in batch] == [(8, 3, 32, 32), (8, 16, 16), (8,)]
        assert [part.dtype.name for part in batch] == ["float32", "int32", "float32"]
    assert sorted(np.concatenate([weights for _, _, weights in batches])) == list(range(24))


def test_labels_have_the_losss_resolution(
    training_images: Images, labels: LabelMaps, tiny_segmentation: SegmentationConfig
) -> None:
    config = dataclasses.replace(tiny_segmentation, label_scale=1.0)
    _, targets, _ = epoch_of(training_images, labels, config)[0]
    assert targets.shape == (8, 32, 32)


def test_batches_repeat_whatever_the_number_of_threads(
    training_images: Images, labels: LabelMaps, tiny_segmentation: SegmentationConfig
) -> None:
    two = epoch_of(training_images, labels, tiny_segmentation)
    one = epoch_of(training_images, labels, dataclasses.replace(tiny_segmentation, workers=1))
    for batch, again in zip(two, one, strict=True):
        for part, repeated in zip(batch, again, strict=True):
            np.testing.assert_array_equal(part, repeated)


@pytest.mark.usefixtures("processes")
def test_batches_are_the_same_by_processes(
    training_images: Images, labels: LabelMaps, tiny_segmentation: SegmentationConfig
) -> None:
    weights = np.arange(len(training_images), dtype=np.float32)
    one = epoch_of(training_images, labels, dataclasses.replace(tiny_segmentation, workers=1))
    with crop_loader(training_images, labels, tiny_segmentation) as loader:
        batches = labelled_batches(
            loader=loader, weights=weights, config=tiny_segmentation, epoch=0
        )
        for mine, theirs in zip(one, batches, strict=True):
            for first, second in zip(mine, theirs, strict=True):
                np.testing.assert_array_equal(first, second)
