"""What Ctrl-C and SIGTERM do to a local run: unwind the stack, once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


@contextmanager
def sigterm_as_exit() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the stack, so that servers are stopped then too.

    The process ends with the exit status 128 + signal.
    """

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    previous = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Let the block finish what it cleans up, whoever presses Ctrl-C again. Keep it short."""
    previous = {}
    # Only the main thread may set handlers; elsewhere no signal arrives either.
    with suppress(ValueError):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            previous[number] = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
