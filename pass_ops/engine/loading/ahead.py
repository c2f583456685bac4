"""Images one by one, ready before they are asked for, whatever their sizes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from pass_ops.engine.loading.count import cores_for, processes_for
from pass_ops.engine.loading.data_wait import INFERENCE
from pass_ops.engine.processes import LOOK_AHEAD, ordered_map
from pass_ops.engine.worker_process import named

Item = TypeVar("Item")
Result = TypeVar("Result")


def ahead(
    *,
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    name: Callable[[Item], str],
) -> Iterator[tuple[Item, Result]]:
    """Yield (item, work(item)) in the items' order, a few items ahead of use.

    How long that is waited for counts in `data_wait.INFERENCE`.

    Args:
        work: what is done to one item: reads, decodes and prepares it. It is pickled, and must not
            touch Jittor; several threads may call it. So many results are in memory: `LOOK_AHEAD`
            for each thread, two for each process, which waits until its last one is taken.
        items: keys of images.
        workers: processes at most, no more than there are cores; threads where there are few items.
        name: what an error calls an item, its file for instance.

    Raises:
        PassError, RuntimeError: see `ordered_map`.
    """
    processes = processes_for(workers, len(items))
    if processes > 1:
        results = ordered_map(work=work, items=items, processes=processes, name=name)
    else:
        results = _by_threads(work=work, items=items, threads=cores_for(workers), name=name)
    return INFERENCE.over(results)


def _by_threads(
    *,
    work: Callable[[Item], Result],
    items: Sequence[Item],
    threads: int,
    name: Callable[[Item], str],
) -> Iterator[tuple[Item, Result]]:
    """The same by threads, so many.

    Args:
        work, items, name: see `ahead`.
        threads: how many.
    """
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) > LOOK_AHEAD * threads:
                yield _finished(*waiting.popleft(), name)
        while waiting:
            yield _finished(*waiting.popleft(), name)


def _finished(
    item: Item, future: Future[Result], name: Callable[[Item], str]
) -> tuple[Item, Result]:
    """An item and its result, or the error with its name.

    Args:
        item: that was worked on.
        future: of its result.
        name: see `ahead`.
    """
    try:
        return item, future.result()
    except Exception as error:
        raise named(error, name(item)) from error
