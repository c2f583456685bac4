"""Work on many items by several processes, in the items' order.

The processes are started by `subprocess` instead of `multiprocessing`: forked ones would inherit
locks and threads of libraries in any state, and spawned ones would first import this process's
main module again, which in a KFP task is the whole of KFP, and in a script would run it again.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from pass_ops.errors import PassError

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
        items: pickled, too; each process gets every `processes`-th.
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
    workers: list[_Worker] = []
    waiting: deque[tuple[Item, _Worker]] = deque()
    try:
        # All start before the first is handed its work, which waits until that one has started.
        workers.extend(_Worker() for _ in range(processes))
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


class _Worker:
    """A process of `engine.worker`, which works on one item after the other."""

    def __init__(self) -> None:
        # What can be imported here can be imported there.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pass_ops.engine.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout

    def send(self, value: object, name: str) -> None:
        """Hand over the work, which comes first, or the next item.

        Args:
            value: the work or the item.
            name: what an error calls it.

        Raises:
            PassError: the process is dead.
        """
        try:
            pickle.dump(value, self._input)
            self._input.flush()
        except BrokenPipeError as error:
            raise _died(name) from error

    def result(self, name: str) -> Any:
        """What came of the first item without a result.

        Args:
            name: what an error calls the item.

        Raises:
            PassError, RuntimeError: see `ordered_map`.
        """
        try:
            result, error = pickle.load(self._output)
        except (EOFError, pickle.UnpicklingError) as end:
            raise _died(name) from end
        if error is not None:
            raise _named(error, name) from error
        return result

    def close(self) -> None:
        """Let the process end after the item that it works on.

        It is not killed: what it does may hold locks or write files.
        """
        with suppress(BrokenPipeError):
            self._input.close()
        self._output.close()

    def wait(self) -> None:
        """Return when the process has ended."""
        self._process.wait()


def _died(name: str) -> PassError:
    """The error of a process that ended without a result for the item called `name`."""
    return PassError(
        f"a process died while {name} or an image beside it was worked on, probably for lack of "
        "memory: set `processes` of this stage (`workers` of an evaluation) lower"
    )


def _named(error: Exception, name: str) -> Exception:
    """The error that an item caused, with the item's name.

    Args:
        error: as `work` raised it.
        name: of the item.
    """
    if not isinstance(error, PassError):
        return RuntimeError(f"{name}: {type(error).__name__}: {error}")
    return error if name in str(error) else type(error)(f"{name}: {error}")
