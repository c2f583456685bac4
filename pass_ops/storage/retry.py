"""Trying again what a busy, restarting or hung S3 server did not answer.

A request is made again for 90 seconds from its first attempt on, after random pauses that grow to
two seconds; S3_RETRY_SECONDS says for how long instead. The last attempt may take a time-out longer
(`client`). Whoever waits is told, at most twice a minute.
"""

from __future__ import annotations

import os
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from minio.error import MinioException
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_delay,
    wait_random_exponential,
)
from urllib3.exceptions import HTTPError, SSLError

from pass_ops.errors import ConfigError

SECONDS = 90.0
LONGEST = 600.0
"""S3_RETRY_SECONDS at most: no request is signed anew, and a signature holds for 15 minutes."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
"""Seconds; a pause is drawn evenly from zero to a limit that doubles from the first to the last."""
SILENCE = 8.0
"""Seconds without a good answer after which a line says so."""

_BETWEEN_LINES = 30.0
_line_due = threading.Lock()
_last_line = -_BETWEEN_LINES

T = TypeVar("T")


class BusyError(MinioException):
    """A broken, wrong or late answer, in whose place another attempt may get a good one."""


def retry_seconds() -> float:
    """For how long a request is made again.

    Raises:
        ConfigError: S3_RETRY_SECONDS is no such number.
    """
    text = os.environ.get("S3_RETRY_SECONDS") or str(SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST:
        raise ConfigError(
            f"S3_RETRY_SECONDS is '{text}'; set it to a number of seconds from 0 to {LONGEST:.0f}"
        )
    return seconds


def retrying(attempt: Callable[[], T], server: str) -> T:
    """What `attempt` returns, tried again as long as the server is busy or out of reach.

    Args:
        attempt: makes a request; may be called many times.
        server: its address, for those who wait.

    Raises:
        BusyError, HTTPError: what the last attempt raised; any other error at once.
    """

    def tell(state: RetryCallState) -> None:
        error = state.outcome and state.outcome.exception()
        if time.monotonic() - state.start_time >= SILENCE:
            _tell(server, str(error) if isinstance(error, BusyError) else type(error).__name__)

    tries = Retrying(
        retry=retry_if_exception(_may_pass),
        wait=wait_random_exponential(FIRST_PAUSE, LONGEST_PAUSE),
        stop=stop_after_delay(retry_seconds()),
        before_sleep=tell,
        reraise=True,
    )
    return tries(attempt)


@contextmanager
def waiting(server: str) -> Iterator[None]:
    """Tell whoever waits when the block, one request, takes longer than `SILENCE`.

    Args:
        server: its address.
    """
    timer = threading.Timer(SILENCE, _tell, (server, "no answer"))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def is_broken_connection(error: Exception) -> bool:
    """Whether a connection failed or broke, rather than being refused for its certificate."""
    if isinstance(error, SSLError):
        return bool(error.args) and isinstance(error.args[0], ssl.SSLEOFError)
    return isinstance(error, HTTPError)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, BusyError) or (
        isinstance(error, Exception) and is_broken_connection(error)
    )


def _tell(server: str, why: str) -> None:
    """Say that a server is waited for, unless that was said just now.

    Args:
        server: its address.
        why: what it does.
    """
    global _last_line
    with _line_due:
        if time.monotonic() - _last_line < _BETWEEN_LINES:
            return
        _last_line = time.monotonic()
    print(
        f"waiting for {server} ({why}); a request is given up after "
        f"{retry_seconds():.0f} s (S3_RETRY_SECONDS)",
        file=sys.stderr,
        flush=True,
    )
