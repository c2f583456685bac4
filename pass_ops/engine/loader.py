"""Batches made by threads, in an order and with random numbers that do not depend on how many
threads there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

Sample = TypeVar("Sample")
LOOK_AHEAD = 2


def epoch_order(count: int, seed: int, epoch: int) -> list[int]:
    """The 0-based indices of an epoch, shuffled."""
    return [int(index) for index in np.random.default_rng([seed, epoch]).permutation(count)]


def sample_rng(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random numbers of one sample in one epoch."""
    return np.random.default_rng([seed, epoch, index])


def batches(
    *,
    make: Callable[[int], Sample],
    order: Sequence[int],
    batch_size: int,
    workers: int,
    drop_last: bool = True,
) -> Iterator[list[Sample]]:
    """Yield `make(index)` for every index of `order`, `batch_size` at a time, `LOOK_AHEAD` batches
    ahead of use.

    An exception in `make` is raised here, at its batch.
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
