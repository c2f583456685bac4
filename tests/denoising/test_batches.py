"""What the classifiers see (method 9.3, 9.5)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from pass_ops.clustering.labels import LabelTable
from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image
from pass_ops.denoising.batches import labelled_batches, sample_batches


def table(images: Images, clusters: int = 6) -> LabelTable:
    """Labels of the last ten images, in another order than theirs."""
    rows = {"key": images.keys[:13:-1], "label": np.arange(10) % clusters, "label_space": "c"}
    return LabelTable(pd.DataFrame(rows))


def test_repeated_images_come_as_often_as_they_count(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    memory, order = MemoryImages(training_images, 48), np.repeat(np.arange(10), [3] * 6 + [1] * 4)
    config = dataclasses.replace(tiny_classifier, batch_size=2)
    targets = np.concatenate(
        [
            t
            for _, t in labelled_batches(
                memory=memory, labels=table(training_images), order=order, config=config, epoch=0
            )
        ]
    )
    assert np.bincount(targets, minlength=6).tolist() == [4, 4, 4, 4, 3, 3]


def test_reference_shows_the_squeezed_image_with_its_own_label(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    memory = MemoryImages(training_images, 48)
    config = dataclasses.replace(tiny_classifier, compat="reference", batch_size=2)
    labels = table(training_images, clusters=10)
    seen = {}
    for pixels, targets in labelled_batches(
        memory=memory, labels=labels, order=np.arange(10), config=config, epoch=0
    ):
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
    memory, labels = (
        MemoryImages(training_images, 48),
        table(training_images, clusters=10),
    )
    config = dataclasses.replace(tiny_classifier, batch_size=2)

    def epoch(number: int) -> dict[int, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
        batches = labelled_batches(
            memory=memory, labels=labels, order=np.arange(10), config=config, epoch=number
        )
        return {
            int(t): p for pixels, targets in batches for p, t in zip(pixels, targets, strict=True)
        }

    first, again, second = epoch(0), epoch(0), epoch(1)
    assert all(np.array_equal(first[label], again[label]) for label in range(10))
    assert not any(np.array_equal(first[label], second[label]) for label in range(10))


def test_probe_images_come_in_order_without_augmentation(
    training_images: Images, tiny_classifier: ClassifierConfig
) -> None:
    memory = MemoryImages(training_images, 48)
    first, second = (
        np.concatenate(list(sample_batches(memory, range(24), tiny_classifier))) for _ in range(2)
    )
    assert first.shape == (24, 3, 32, 32)
    np.testing.assert_array_equal(first, second)
