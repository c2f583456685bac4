"""Batches, ready before they are asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic

from pass_ops.engine.loading.count import cores_for, processes_for
from pass_ops.engine.loading.samples import Batch, Item, SampleMaker
from pass_ops.engine.loading.shared_memory import Processes
from pass_ops.engine.loading.threads import Threads

LOOK_AHEAD = 2
"""Batches made before they are asked for: what bounds the memory."""


class Loader(Generic[Item]):
    """Makes batches by processes, or by threads where processes would not be worth their start.

    A context manager; between its `batches` the processes stay. Samples and their order do not
    depend on what makes them.

    Args:
        make: makes one sample.
        batch_size: samples of a batch.
        workers: processes at most, no more than there are cores; with 1 there is a thread.
        samples: how many will be made in all, over all epochs.
    """

    def __init__(
        self, *, make: SampleMaker[Item], batch_size: int, workers: int, samples: int
    ) -> None:
        self._make, self._batch_size = make, batch_size
        self._threads, self._processes = cores_for(workers), processes_for(workers, samples)

    def __enter__(self) -> Loader[Item]:
        self._crew: Processes[Item] | Threads[Item]
        if self._processes > 1:
            self._crew = Processes(
                make=self._make,
                count=self._processes,
                batch_size=self._batch_size,
                slots=LOOK_AHEAD + 1,
            )
        else:
            self._crew = Threads(self._make, self._threads)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._crew.close()
        # With it goes its memory, unless somebody holds a batch still.
        del self._crew

    def batches(self, items: Sequence[Item], *, drop_last: bool = True) -> Iterator[Batch]:
        """Yield the samples of `items` in their order, batch by batch, made `LOOK_AHEAD` ahead.

        The arrays of a batch hold it until the next one is asked for. One iterator at a time.

        Args:
            items: that samples are made of.
            drop_last: whether to leave out the last batch where it is incomplete.

        Raises:
            PassError, RuntimeError: a sample of this batch could not be made; names its image.
        """
        crew: Any = self._crew
        end = len(items) - len(items) % self._batch_size if drop_last else len(items)
        waiting: deque[Any] = deque()
        try:
            for start in range(0, end, self._batch_size):
                waiting.append(crew.submit(items[start : min(start + self._batch_size, end)]))
                if len(waiting) > LOOK_AHEAD:
                    yield crew.result(waiting.popleft())
            while waiting:
                yield crew.result(waiting.popleft())
        finally:
            # What was begun ends before anything else is asked of the processes.
            for pending in waiting:
                with suppress(Exception):
                    crew.result(pending)
