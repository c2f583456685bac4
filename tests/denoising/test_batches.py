"""What the classifiers see (method 9.3, 9.5)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from pass_ops.clustering.labels import LabelTable
from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import centre_crop, resize_image
from pass_ops.denoising.batches import (
    LabelledBatch,
    image_loader,
    labelled_batches,
    sample_batches,
)


def table(images: Images, clusters: int = 6) -> LabelTable:
    """Labels of the last ten images, in another order than theirs."""
    rows = {"key": images.keys[:13:-1], "label": np.arange(10) % clusters, "label_space": "c"}
    return LabelTable(pd.DataFrame(rows))


def epoch_of(
    images: Images,
    labels: LabelTable,
    order: np.ndarray,
    config: ClassifierConfig,
    epoch: int = 0,
) -> list[LabelledBatch]:
    """The batches of an epoch."""
    with image_loader(images, config, len(order)) as loader:
        return list(
            labelled_batches(
                loader=loader,
                images=images,
                labels=labels,
                order=order,
                config=config,
                epoch=epoch,
            )
        )


def test_repeated_images_come_as_often_as_they_count(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    order = np.repeat(np.arange(10), [3] * 6 + [1] * 4)
    config = dataclasses.replace(tiny_classifier, batch_size=2)
    batches = epoch_of(training_images, table(training_images), order, config)
    targets = np.concatenate([batch_targets for _, batch_targets in batches])
    assert np.bincount(targets, minlength=6).tolist() == [4, 4, 4, 4, 3, 3]


def test_reference_shows_the_squeezed_image_with_its_own_label(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    memory = MemoryImages(training_images, 48, gib=1)
    config = dataclasses.replace(tiny_classifier, compat="reference", batch_size=2)
    labels = table(training_images, clusters=10)
    seen = {}
    for pixels, targets in epoch_of(training_images, labels, np.arange(10), config):
        seen.update(zip(targets.tolist(), pixels, strict=True))
    assert sorted(seen) == list(range(10))
    for label, key in enumerate(labels.keys):
        image = np.asarray(memory[training_images.keys.index(key)])
        np.testing.assert_array_equal(
            seen[label], normalise([resize_image(image, 32, "reference")])[0]
        )


def test_fixed_shows_another_view_in_each_epoch(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    labels = table(training_images, clusters=10)
    config = dataclasses.replace(tiny_classifier, batch_size=2)

    def epoch(number: int) -> dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
        batches = epoch_of(training_images, labels, np.arange(10), config, number)
        return {
            int(t): p for pixels, targets in batches for p, t in zip(pixels, targets, strict=True)
        }

    first, again, second = epoch(0), epoch(0), epoch(1)
    assert all(np.array_equal(first[label], again[label]) for label in range(10))
    assert not any(np.array_equal(first[label], second[label]) for label in range(10))


@pytest.mark.usefixtures("processes")
def test_batches_are_the_same_by_processes(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    labels, order, size = table(training_images), np.arange(10), len(training_images)
    one = dataclasses.replace(tiny_classifier, batch_size=4, workers=1)
    threads = epoch_of(training_images, labels, order, one)
    with image_loader(training_images, one, size) as loader:
        threads += [(pixels, np.array([])) for pixels in sample_batches(loader, range(size))]
    with image_loader(training_images, dataclasses.replace(one, workers=3), size) as loader:
        trained = labelled_batches(
            loader=loader, images=training_images, labels=labels, order=order, config=one, epoch=0
        )
        copies = [(pixels.copy(), targets.copy()) for pixels, targets in trained]
        copies += [(p.copy(), np.array([])) for p in sample_batches(loader, range(size))]
    for mine, theirs in zip(threads, copies, strict=True):
        np.testing.assert_array_equal(mine[0], theirs[0])
        np.testing.assert_array_equal(mine[1], theirs[1])


def test_probe_images_come_in_order_without_augmentation(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    with image_loader(training_images, tiny_classifier, 48) as loader:
        first, second = (np.concatenate(list(sample_batches(loader, range(24)))) for _ in range(2))
    assert first.shape == (24, 3, 32, 32)
    np.testing.assert_array_equal(first, second)
    image = np.asarray(MemoryImages(training_images, 48, gib=1)[3])
    centre = centre_crop(resize_image(image, 32, "fixed"), 32)
    np.testing.assert_array_equal(first[3], normalise([centre])[0])
