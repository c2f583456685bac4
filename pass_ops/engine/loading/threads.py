"""Batches made by threads: they start at once, but share Python's lock."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic

import numpy as np

from pass_ops.engine.loading.samples import Batch, Item, SampleMaker, put_sample


@dataclass(frozen=True)
class _Pending:
    """A batch, and what is being put into it."""

    batch: Batch
    rows: list[Future[None]]


class Threads(Generic[Item]):
    """Makes batches by threads.

    Args:
        make: makes one sample.
        count: of threads.
    """

    def __init__(self, make: SampleMaker[Item], count: int) -> None:
        self._make, self._pool = make, ThreadPoolExecutor(count)

    def submit(self, items: Sequence[Item]) -> _Pending:
        """Begin with a batch of `items`."""
        fields = self._make.fields
        batch = tuple(np.empty(field.batch_shape(len(items)), field.dtype) for field in fields)
        rows = [
            self._pool.submit(put_sample, make=self._make, item=item, batch=batch, row=row)
            for row, item in enumerate(items)
        ]
        return _Pending(batch, rows)

    def result(self, pending: _Pending) -> Batch:
        """The finished batch; raises what `put_sample` raised."""
        wait(pending.rows)
        for row in pending.rows:
            row.result()
        return pending.batch

    def close(self) -> None:
        """End all threads, once what was begun is finished."""
        self._pool.shutdown()
