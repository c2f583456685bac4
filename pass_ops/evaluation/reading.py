"""Predictions and ground truth of a split, read image by image, by one process or several."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import cv2

from pass_ops.errors import PassError
from pass_ops.evaluation.counts import ImageCounts, count_image
from pass_ops.evaluation.histogram import Labels

CHUNK = 16
"""Images that a process is given at once."""


class Predictions(Protocol):
    """Label maps by key, in cluster space, such as `data.label_maps.LabelMaps`; can be pickled."""

    @property
    def keys(self) -> tuple[str, ...]: ...

    def read(self, key: str) -> Labels: ...


class Truth(Protocol):
    """Ground truth by key, such as `data.ground_truth.GroundTruth`; can be pickled."""

    @property
    def keys(self) -> tuple[str, ...]: ...

    @property
    def categories(self) -> tuple[str, ...]: ...

    def path(self, key: str) -> str: ...

    def mask(self, key: str) -> Labels: ...


@dataclass(frozen=True)
class Reader:
    """Reads an image's prediction and truth, and counts or complains."""

    predictions: Predictions
    truth: Truth

    def __call__(self, key: str) -> ImageCounts | str:
        """The counts of an image, or in one line what is wrong with its prediction or its truth."""
        try:
            labels, mask = self.predictions.read(key), self.truth.mask(key)
        except PassError as error:
            return str(error)
        classes = len(self.truth.categories)
        if labels.shape != mask.shape:
            return f"{self.truth.path(key)}: prediction is {_size(labels)}, image is {_size(mask)}"
        if labels.max(initial=0) > classes:
            return f"{self.truth.path(key)}: ids {labels.min()}..{labels.max()}, expected 0..{classes}"
        return count_image(mask, labels, classes)


def read_counts(reader: Reader, keys: Sequence[str], workers: int) -> Iterator[ImageCounts | str]:
    """What `reader` finds in the images `keys`, in their order.

    Args:
        workers: processes; 1 reads in this one. They are started clean, not forked: this one may have threads.
    """
    if workers == 1 or len(keys) <= CHUNK:
        yield from map(reader, keys)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *(type(part).__module__ for part in (reader.predictions, reader.truth))])
    with ProcessPoolExecutor(workers, context, _start, (reader,)) as pool:
        yield from pool.map(_read, keys, chunksize=CHUNK)


_reader: Reader | None = None


def _start(reader: Reader) -> None:
    global _reader
    cv2.setNumThreads(1)  # The processes share the cores already.
    _reader = reader


def _read(key: str) -> ImageCounts | str:
    assert _reader is not None
    return _reader(key)


def _size(labels: Labels) -> str:
    height, width = labels.shape
    return f"{width}x{height}"
