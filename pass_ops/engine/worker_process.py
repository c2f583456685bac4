"""A process that is handed work, and items to do it to, by this one.

It is started by `subprocess` instead of `multiprocessing`: forked ones would inherit locks and
threads of libraries in any state, and spawned ones would first import this process's main module
again, which in a KFP task is the whole of KFP, and in a script would run it again.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pass_ops.errors import PassError

_KEEP = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**27)}
"""Lets glibc keep the memory of an image for the next one: the system would zero it each time, in
a tenth of the time that a view takes."""


class WorkerProcess:
    """A process of `engine.worker`, which works on one item after the other.

    Args:
        files: descriptors that it has open, too, under the same numbers.
    """

    def __init__(self, files: Sequence[int] = ()) -> None:
        # What can be imported here can be imported there.
        environment = os.environ | _KEEP | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pass_ops.engine.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            pass_fds=files,
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
            PassError, RuntimeError: see `processes.ordered_map`.
        """
        result, error = self.outcome(name)
        if error is not None:
            raise named(error, name) from error
        return result

    def outcome(self, name: str) -> tuple[Any, Exception | None]:
        """What came of the first item without a result, and the error, if that came of it.

        Args:
            name: what an error calls the item.

        Raises:
            PassError: the process is dead.
        """
        try:
            result, error = pickle.load(self._output)
        except (EOFError, pickle.UnpicklingError) as end:
            raise _died(name) from end
        return result, error

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
        "memory: set `processes` or `workers` of this stage lower"
    )


def named(error: Exception, name: str) -> Exception:
    """The error that an item caused, with the item's name.

    Args:
        error: as `work` raised it.
        name: of the item.
    """
    if not isinstance(error, PassError):
        return RuntimeError(f"{name}: {type(error).__name__}: {error}")
    return error if name in str(error) else type(error)(f"{name}: {error}")
