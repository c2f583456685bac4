"""Predictions and ground truth of a split, read image by image, by one process or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pass_ops.data.ids import LabelMap
from pass_ops.engine.processes import ordered_map
from pass_ops.errors import PassError
from pass_ops.evaluation.scoring.counts import ImageCounts, count_image
from pass_ops.storage.opening import files_named

LEAST = 100
"""Images from which on it is worth the time to start processes."""


class Predictions(Protocol):
    """Label maps by key, in cluster space, as `label_maps.reader.LabelMaps`; can be pickled."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the images that have a map."""

    def read(self, key: str) -> LabelMap:
        """Ids, int32 [H, W]: 0 background, else cluster id + 1."""


class Truth(Protocol):
    """Ground truth by key, such as `data.ground_truth.GroundTruth`; can be pickled."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all images."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the classes 1..K."""

    @property
    def names(self) -> tuple[str, ...]:
        """What people call the classes 1..K."""

    def path(self, key: str) -> str:
        """`category/stem` of an image, as problems name it."""

    def mask(self, key: str) -> LabelMap:
        """Ids, int32 [H, W]: 0 background, 1..K classes, 1000 to be ignored, and no others."""


@dataclass(frozen=True)
class Reader:
    """Reads an image's prediction and truth, and counts or complains.

    Attributes:
        predictions: label maps in cluster space.
        truth: ground truth of the same split.
    """

    predictions: Predictions
    truth: Truth

    def __call__(self, key: str) -> ImageCounts | str:
        """The counts of an image, or in one line what is wrong with its prediction or its truth."""
        try:
            with files_named():
                labels, mask = self.predictions.read(key), self.truth.mask(key)
        except PassError as error:
            return str(error)
        classes, name = len(self.truth.categories), self.truth.path(key)
        if labels.shape != mask.shape:
            return f"{name}: prediction is {_size(labels)}, image is {_size(mask)}; predict again"
        if labels.max(initial=0) > classes:
            return (
                f"{name}: ids {labels.min()}..{labels.max()}, expected 0..{classes}; predict again"
            )
        return count_image(mask, labels, classes)


def read_counts(reader: Reader, keys: Sequence[str], workers: int) -> Iterator[ImageCounts | str]:
    """What `reader` says of the images `keys`, in their order.

    Args:
        reader: reads and counts one image.
        keys: of the images.
        workers: processes; 1 reads in this one, as it does where there are few images.
    """
    processes = workers if len(keys) >= LEAST else 1
    for _, counts in ordered_map(work=reader, items=keys, processes=processes):
        yield counts


def _size(labels: LabelMap) -> str:
    """Width and height of a map, as people write them."""
    height, width = labels.shape
    return f"{width}x{height}"
