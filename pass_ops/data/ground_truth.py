"""The ground truth of a data set (method 0.5).

Only `evaluation`, and the threshold search on validation, may import this.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from pass_ops.data.cache import PackedFiles
from pass_ops.data.decode import decode_mask
from pass_ops.data.folder import FolderTruth
from pass_ops.data.ids import LabelMap
from pass_ops.data.index import PackedTruth
from pass_ops.data.locate import changes, is_packed, open_layout, require_split
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.problem import BadFileError, refuse_first
from pass_ops.data.user_files.categories import check_categories, check_ids, cluster_names
from pass_ops.errors import DataError


class TruthSource(Protocol):
    """Where categories and encoded masks come from.

    Attributes:
        keys: of the split's images, in order.
        categories: names of the classes, in order of their ids from 1.
        names: what people call them.
    """

    keys: tuple[str, ...]
    categories: tuple[str, ...]
    names: tuple[str, ...]

    def category(self, key: str) -> str:
        """Name of the folder that holds the image."""

    def stem(self, key: str) -> str:
        """Name of the image's file, without its ending."""

    def has_mask(self, key: str) -> bool:
        """Whether the image has a mask."""

    def read_mask(self, key: str) -> bytes:
        """The mask's file; the image must have one."""

    def name(self, key: str) -> str:
        """What an error calls the mask."""


class GroundTruth:
    """Classes and masks of one split, in order of the images' keys. Reading is thread-safe.

    Args:
        source: where they come from.
        clusters: of a set without classes; they stand in for classes, none of which has an image.

    Attributes:
        has_classes: whether the set has classes at all; else nothing can be measured on it.
        categories: names of the classes, or of clusters; the id of one is its place, from 1.
        names: what people call them.

    Raises:
        BadFileError: it has classes that no set may have, too many of them for instance.
    """

    def __init__(self, source: TruthSource, clusters: int = 0) -> None:
        self.has_classes = bool(source.categories)
        self.categories = source.categories or cluster_names(clusters)
        self.names = source.names or self.categories
        if self.has_classes:
            refuse_first(list(check_categories(self.categories, "the data set")))
        self._source = source
        self._ids = {category: number for number, category in enumerate(source.categories, start=1)}

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the split's images."""
        return self._source.keys

    @property
    def has_masks(self) -> bool:
        """Whether every image of the split has a mask (test sets often have none)."""
        return self.masks == len(self)

    @property
    def masks(self) -> int:
        """How many images of the split have a mask."""
        return sum(self._source.has_mask(key) for key in self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def label(self, key: str) -> int:
        """The id, 1..K, of the category in whose folder the image lies."""
        return self._ids[self._source.category(key)]

    def path(self, key: str) -> str:
        """`category/stem`: where the benchmark expects the image's prediction; of photographs the
        path within their folder.
        """
        return f"{self._source.category(key)}/{self._source.stem(key)}".removeprefix("/")

    def mask(self, key: str) -> LabelMap:
        """Ids, int32 [H, W]: 0 background, 1..K classes, 1000 to be ignored.

        Raises:
            DataError: the image has no mask, or the mask is damaged or has other ids.
        """
        if not self._source.has_mask(key):
            raise DataError(
                f"{self.path(key)}: this image has no mask; measure on a split that has them"
            )
        name = self._source.name(key)
        labels = decode_mask(self._source.read_mask(key), name)
        if problem := check_ids(labels, len(self.categories), name):
            raise BadFileError(problem)
        return labels


def open_ground_truth(pointer: DatasetPointer, split: str, cache: Path) -> GroundTruth:
    """The ground truth of one split.

    Args:
        pointer: the data set.
        split: train, validation, test or train-semi.
        cache: folder for the masks of a set in S3, which are fetched unless they are there.

    Raises:
        DataError: no such split, a folder that is no data set, or a set that is not the pointer's.
        StorageError: the server refuses, or lacks part of the set.
    """
    require_split(pointer, split)
    if not is_packed(pointer.uri):
        layout = open_layout(pointer)
        return GroundTruth(
            FolderTruth(layout.categories, layout.splits[split], layout.names), pointer.clusters
        )
    truth = PackedTruth(PackedFiles(pointer, cache), split)
    counts = pointer.counts | {split: len(truth.keys)}
    refuse_first(changes(pointer, counts, len(truth.categories)))
    return GroundTruth(truth, pointer.clusters)
