"""Batches made by threads.

Their order and random numbers do not depend on how many threads there are. Jittor 1.3.11's own
loader shuffles with the same seed in every run, changes the order with its workers, and a worker's
exception kills the process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

Sample = TypeVar("Sample")
LOOK_AHEAD = 2
"""Batches made before they are asked for: what bounds the memory."""


def epoch_order(count: int, seed: int, epoch: int) -> list[int]:
    """The 0-based indices of an epoch, shuffled.

    Args:
        count: samples of the epoch.
        seed: of the training.
        epoch: 0-based.
    """
    return [int(index) for index in np.random.default_rng([seed, epoch]).permutation(count)]


def sample_rng(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random numbers of one sample in one epoch.

    Args:
        seed: of the training.
        epoch: 0-based.
        index: the sample's place in the unshuffled data.
    """
    return np.random.default_rng([seed, epoch, index])


def batches(
    *,
    make: Callable[[int], Sample],
    order: Sequence[int],
    batch_size: int,
    workers: int,
    drop_last: bool = True,
) -> Iterator[list[Sample]]:
    """Yield the samples of an epoch, batch by batch, made `LOOK_AHEAD` batches ahead of use.

    An exception in `make` is raised here, at its batch.

    Args:
        make: loads and transforms the sample of an index; called by several threads.
        order: the indices, in the order in which their samples come.
        batch_size: samples of a batch.
        workers: threads.
        drop_last: whether to leave out the last batch where it is incomplete.
    """
    end = len(order) - len(order) % batch_size if drop_last else len(order)
    chunks = [order[start : start + batch_size] for start in range(0, end, batch_size)]
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[list[Future[Sample]]] = deque()
        for chunk in chunks:
            waiting.append([pool.submit(make, index) for index in chunk])
            if len(waiting) > LOOK_AHEAD:
                yield [future.result() for future in waiting.popleft()]
        while waiting:
            yield [future.result() for future in waiting.popleft()]
