"""Predictions and ground truth of a split, read image by image, by one process or several."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Protocol

from pass_ops.errors import PassError
from pass_ops.evaluation.scoring.counts import ImageCounts, count_image
from pass_ops.evaluation.scoring.histogram import Labels

LEAST = 100
"""Images from which on it is worth the time to start processes."""


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
            return (
                f"{self.truth.path(key)}: ids {labels.min()}..{labels.max()}, expected 0..{classes}"
            )
        return count_image(mask, labels, classes)


def read_counts(reader: Reader, keys: Sequence[str], workers: int) -> Iterator[ImageCounts | str]:
    """What `reader` finds in the images `keys`, in their order.

    Args:
        workers: processes; 1 reads in this one. They are started clean: this one may have threads,
            so it cannot fork, and may be a script that must not be run again, as multiprocessing
            would.
    """
    if workers == 1 or len(keys) < LEAST:
        yield from map(reader, keys)
        return
    with ExitStack() as stack:
        # All of them start before the first is handed its work, which waits until it is ready.
        processes = [stack.enter_context(_process()) for _ in range(workers)]
        outputs = [
            _handed(process, reader, keys[first::workers])
            for first, process in enumerate(processes)
        ]
        for number in range(len(keys)):
            # A process that is ahead waits, its pipe being full: nothing piles up.
            yield pickle.load(outputs[number % workers])


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    """A process of `reading_process`; its errors go where ours go."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "pass_ops.evaluation.scoring.reading_process"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _handed(process: subprocess.Popen[bytes], reader: Reader, keys: Sequence[str]) -> IO[bytes]:
    """Hand its work to a process; the pipe on which it answers."""
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump((reader, keys), process.stdin)
    process.stdin.close()
    return process.stdout


def _size(labels: Labels) -> str:
    height, width = labels.shape
    return f"{width}x{height}"
