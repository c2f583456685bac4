"""Work on many items by several processes, in the items' order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pass_ops.engine.loading.count import cores_for
from pass_ops.engine.worker_process import WorkerProcess, named

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOK_AHEAD = 4
"""Items handed out per process: what bounds the memory, however many items there are."""


def ordered_map(
    *,
    work: Callable[[Item], Result],
    items: Iterable[Item],
    processes: int,
    name: Callable[[Item], str] = str,
) -> Iterator[tuple[Item, Result]]:
    """Yield (item, work(item)) in the items' order, at most `LOOK_AHEAD` items a process ahead.

    Args:
        work: what is done to one item. With several processes it is pickled, once for each, so it
            must come from a module that can be imported, and must not touch Jittor.
        items: pickled, too; each process gets one after the other in turn.
        processes: at most, no more than there are cores; 1 works in this process.
        name: what an error calls an item, its file for instance.

    Raises:
        PassError: one of the same kind that `work` raised, with the item's name; or a process was
            killed.
        RuntimeError: `work` failed otherwise; names the item, and the cause keeps its traceback.
    """
    processes = cores_for(processes)
    if processes == 1:
        for item in items:
            try:
                result = work(item)
            except Exception as error:
                raise named(error, name(item)) from error
            yield item, result
        return
    workers: list[WorkerProcess] = []
    waiting: deque[tuple[Item, WorkerProcess]] = deque()
    try:
        # All start before the first is handed its work, which waits until that one has started.
        workers.extend(WorkerProcess() for _ in range(processes))
        for worker in workers:
            worker.send(work, "the first image")
        for number, item in enumerate(items):
            worker = workers[number % processes]
            worker.send(item, name(item))
            waiting.append((item, worker))
            if len(waiting) >= LOOK_AHEAD * processes:
                first, worker = waiting.popleft()
                yield first, worker.result(name(first))
        for item, worker in waiting:
            yield item, worker.result(name(item))
    finally:
        for worker in workers:
            worker.close()
        for worker in workers:
            worker.wait()
