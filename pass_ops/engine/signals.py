"""SIGTERM, SIGINT and SIGHUP unwind a stage; a training first ends its step and keeps a checkpoint.

An evicted pod, *Terminate*, Ctrl-C and a closed terminal end a stage by these. The exception is a
`SystemExit` with the status 128 + signal, as shells have it, which Argo repeats like any other
(docs/placement.md, Retries).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _Received:
    """The signal that has come, 0 for none, and whether it waits for its turn."""

    number = 0
    waits = False


@contextmanager
def signals_unwind() -> Iterator[None]:
    """Let the first of the signals raise SystemExit in the main thread, or wait (`signals_wait`).

    Further ones are of no effect: what cleans up is not to be interrupted. Signals that this
    process was started to ignore, as by nohup, stay ignored. Outside the main thread, which alone
    may set handlers, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.getsignal(number) for number in _ENDING}
    heeded = [number for number in _ENDING if previous[number] is not signal.SIG_IGN]
    _Received.number = 0
    for number in heeded:
        signal.signal(number, _receive)
    try:
        yield
    finally:
        _Received.number = 0
        for number in heeded:
            signal.signal(number, previous[number] or signal.SIG_DFL)


@contextmanager
def signals_wait() -> Iterator[Callable[[], int]]:
    """Let a signal wait while the block runs.

    Yields:
        a function that returns the signal that waits, or 0.

    Raises:
        SystemExit: at the end of the block, where one has come and the block raised nothing.
    """
    _Received.waits = True
    try:
        yield lambda: _Received.number
    finally:
        _Received.waits = False
    if _Received.number:
        raise SystemExit(128 + _Received.number)


def _receive(number: int, _: FrameType | None) -> None:
    if _Received.number:
        return
    _Received.number = number
    if not _Received.waits:
        raise SystemExit(128 + number)
