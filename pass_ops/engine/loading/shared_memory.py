"""Batches made by processes, which put their samples into memory that all of them share."""

from __future__ import annotations

import mmap
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.loading.samples import Batch, Field, Item, SampleMaker, put_sample
from pass_ops.engine.worker_process import WorkerProcess

_ALIGNED = 64
"""Bytes that the start of an array is a multiple of."""


@dataclass(frozen=True, kw_only=True)
class Ring:
    """Room for so many batches in a file that lies in memory. Can be handed to another process.

    The file has no name and none of /dev/shm's limit, 64 MB in a container by default; it counts as
    memory, and is gone with the last process that has it open.

    Attributes:
        file: descriptor of the file.
        slots: batches that there is room for.
        batch_size: samples of the largest batch.
        fields: the arrays of each sample.
    """

    file: int
    slots: int
    batch_size: int
    fields: tuple[Field, ...]

    @property
    def slot_bytes(self) -> int:
        """What a batch takes."""
        return sum(_aligned(field.bytes(self.batch_size)) for field in self.fields)

    @cached_property
    def _memory(self) -> mmap.mmap:
        # Never closed: arrays that somebody still holds stay good.
        return mmap.mmap(self.file, self.slots * self.slot_bytes)

    def batch(self, slot: int, count: int) -> Batch:
        """The arrays of a batch.

        Args:
            slot: where it lies, 0 to `slots` - 1.
            count: of its samples, `batch_size` at most.
        """
        arrays: list[NDArray[Any]] = []
        offset = slot * self.slot_bytes
        for field in self.fields:
            shape = field.batch_shape(count)
            arrays.append(np.ndarray(shape, field.dtype, self._memory, offset))
            offset += _aligned(field.bytes(self.batch_size))
        return tuple(arrays)

    def __getstate__(self) -> dict[str, object]:
        """All but the mapping, which each process makes for itself."""
        return {name: value for name, value in vars(self).items() if name != "_memory"}


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


@dataclass(frozen=True)
class Share(Generic[Item]):
    """One process's part of a batch.

    Attributes:
        slot: of the ring.
        count: samples of the whole batch.
        rows: places in the batch, and what is put there.
    """

    slot: int
    count: int
    rows: list[tuple[int, Item]]


@dataclass(frozen=True)
class _Work(Generic[Item]):
    """What a process does to each `Share`."""

    make: SampleMaker[Item]
    ring: Ring

    def __call__(self, share: Share[Item]) -> None:
        batch = self.ring.batch(share.slot, share.count)
        for row, item in share.rows:
            put_sample(make=self.make, item=item, batch=batch, row=row)


@dataclass(frozen=True)
class _Pending:
    """A batch that is being made: its slot and samples, the processes and an image of each."""

    slot: int
    count: int
    workers: list[tuple[WorkerProcess, str]]


class Processes(Generic[Item]):
    """Makes batches by processes, in turns in the slots of a ring.

    Args:
        make: makes one sample; is pickled, once for each process.
        count: of processes.
        batch_size: samples of the largest batch.
        slots: batches that are being made, wait or are in use at once.
    """

    def __init__(self, *, make: SampleMaker[Item], count: int, batch_size: int, slots: int) -> None:
        self._make, self._submitted = make, 0
        self._ring = Ring(
            file=os.memfd_create("pass-ops-batches"),
            slots=slots,
            batch_size=batch_size,
            fields=make.fields,
        )
        os.ftruncate(self._ring.file, slots * self._ring.slot_bytes)
        self._workers: list[WorkerProcess] = []
        try:
            # All start before the first is handed its work, which waits until that one has started.
            self._workers.extend(WorkerProcess((self._ring.file,)) for _ in range(count))
            work = _Work(make.share(count), self._ring)
            for worker in self._workers:
                worker.send(work, "the first image")
        except BaseException:
            self.close()
            raise

    def submit(self, items: Sequence[Item]) -> _Pending:
        """Begin with a batch of `items`, in the slot of the oldest one."""
        slot = self._submitted % self._ring.slots
        self._submitted += 1
        shares: dict[int, list[tuple[int, Item]]] = defaultdict(list)
        for row, item in enumerate(items):
            shares[self._make.image(item) % len(self._workers)].append((row, item))
        workers = []
        for number, rows in shares.items():
            worker, name = self._workers[number], self._make.name(rows[0][1])
            worker.send(Share(slot, len(items), rows), name)
            workers.append((worker, name))
        return _Pending(slot, len(items), workers)

    def result(self, pending: _Pending) -> Batch:
        """The finished batch; raises what `put_sample` raised, or that a process has died."""
        outcomes = [worker.outcome(name) for worker, name in pending.workers]
        for _, error in outcomes:
            if error is not None:
                raise error
        return self._ring.batch(pending.slot, pending.count)

    def close(self) -> None:
        """End all processes; each finishes the sample that it works on."""
        for worker in self._workers:
            worker.close()
        for worker in self._workers:
            worker.wait()
        os.close(self._ring.file)
