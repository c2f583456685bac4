"""Work on many items by several processes, in the items' order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

import cv2

from pass_ops.errors import PassError

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOK_AHEAD = 4
"""Items handed out per process: what bounds the memory, however many items there are."""

_work: Callable[[Any], Any] | None = None


def ordered_map(
    *,
    work: Callable[[Item], Result],
    items: Iterable[Item],
    processes: int,
    name: Callable[[Item], str] = str,
) -> Iterator[tuple[Item, Result]]:
    """Yield (item, work(item)) in the items' order, at most `LOOK_AHEAD` items a process ahead of
    use.

    Args:
        work: what is done to one item. With several processes it is pickled, once for each, and
            must not touch Jittor.
        processes: 1 works in this process.
        name: what an error calls an item, its file for instance.

    Raises:
        PassError: one of the same kind that `work` raised, with the item's name; or a process was
            killed.
        RuntimeError: `work` failed otherwise; names the item, and the cause keeps its traceback.
    """
    if processes == 1:
        for item in items:
            try:
                result = work(item)
            except Exception as error:
                raise _named(error, name(item)) from error
            yield item, result
        return
    # Forked processes would inherit locks and threads of libraries in any state: start them anew.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _start, (work,)) as pool:
        waiting: deque[tuple[Item, Future[Any]]] = deque()
        try:
            for item in items:
                waiting.append((item, pool.submit(_run, item)))
                if len(waiting) >= LOOK_AHEAD * processes:
                    yield _finished(*waiting.popleft(), name)
            while waiting:
                yield _finished(*waiting.popleft(), name)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _finished(item: Item, future: Future[Any], name: Callable[[Item], str]) -> tuple[Item, Any]:
    try:
        return item, future.result()
    except BrokenProcessPool as error:
        raise PassError(
            f"a process died while {name(item)} or an image beside it was worked on, probably for lack of memory: "
            "set `processes` of this stage lower"
        ) from error
    except Exception as error:
        raise _named(error, name(item)) from error


def _named(error: Exception, name: str) -> Exception:
    """The error that an item caused, with the item's name."""
    if not isinstance(error, PassError):
        return RuntimeError(f"{name}: {type(error).__name__}: {error}")
    return error if name in str(error) else type(error)(f"{name}: {error}")


def _start(work: Callable[[Any], Any]) -> None:
    """Prepare a worker. One thread each: the processes are the parallelism."""
    global _work
    cv2.setNumThreads(1)
    _work = work


def _run(item: Any) -> Any:
    assert _work is not None
    return _work(item)
