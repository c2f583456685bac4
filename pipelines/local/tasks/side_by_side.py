"""Work that depends on other work, each in a thread of its own, as many at once as there is room
for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from threading import Lock, Semaphore
from typing import Self

import psutil

from pass_ops.engine.cores import usable_cores
from pipelines.local.tasks.started import Start, start_process

_NICENESS = ContextVar("niceness", default=0)
# Of free memory that a task beside another one should have.
_MEMORY = 2 * 2**30
# More threads than a pipeline has tasks: those that wait for others cost nothing.
_THREADS = 1000


def width() -> int:
    """How many tasks may run at once: two for each processor, as far as memory lasts.

    So those that can wait never keep a place from one that cannot (`tasks.urgency`).
    """
    free = psutil.virtual_memory().available // _MEMORY
    return max(1, min(2 * usable_cores(), free))


class SideBySide:
    """Tasks that run at the same time, unless one depends on the other.

    At the end of the `with` block threads are waited for: whoever ends their processes before lets
    it end at once.

    Args:
        limit: most that run at once.
        start: what starts their processes.
    """

    def __init__(self, limit: int, start: Start = start_process) -> None:
        self._start = start
        self._places, self._gpu = Semaphore(limit), Lock()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="task")
        self._tasks: dict[Hashable, dict[str, Future[None]]] = {}
        self._starting = Lock()
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Start nothing any more when the block has ended."""
        try:
            yield
        finally:
            with self._starting:
                self._stopped = True

    def start(
        self,
        *,
        group: Hashable,
        name: str,
        after: Sequence[str],
        niceness: int,
        work: Callable[[], None],
    ) -> None:
        """Start a task, which waits for those that it depends on.

        Args:
            group: what it belongs to.
            name: of the task, unlike others of the group.
            after: names of earlier ones of the group that it depends on.
            niceness: of its processes; those of lower ones go first.
            work: the task; raises where it fails.
        """
        tasks = self._tasks.setdefault(group, {})
        needed = [tasks[one] for one in after]

        def run() -> None:
            for task in needed:
                task.result()
            _NICENESS.set(niceness)
            if not self._stopped:
                work()

        tasks[name] = self._pool.submit(run)

    def wait(self, group: Hashable) -> None:
        """Return when all tasks of a group have ended; raise what the first that fails raised."""
        ended, _ = wait(self._tasks.pop(group, {}).values(), return_when=FIRST_EXCEPTION)
        for task in ended:
            task.result()

    @contextmanager
    def turn(self, *, gpu: bool) -> Iterator[None]:
        """Wait until there is room, and take it for the block.

        Args:
            gpu: whether the block computes on the GPU, which has room for one.
        """
        with self._gpu if gpu else nullcontext(), self._places:
            if self._stopped:
                raise RuntimeError("the run is over")
            yield

    def run_process(
        self, full_command: Sequence[str], env_vars: Mapping[str, str] | None = None
    ) -> int:
        """Run a process, print what it prints, and return its exit status.

        Args:
            full_command: the command line.
            env_vars: variables besides ours.
        """
        with self._starting:
            if self._stopped:
                return 1
            variables = os.environ | dict(env_vars or {})
            process = self._start(full_command, variables, _NICENESS.get())
        for line in process.output:
            print(line, end="")
        return process.wait()
