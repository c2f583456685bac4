"""Several transfers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from multiprocessing.pool import ThreadPool
from typing import TypeVar

T = TypeVar("T")


def in_parallel(action: Callable[[T], object], items: Iterable[T], threads: int) -> None:
    """Do something with each of `items`.

    The first error, or a signal that ends the process, does not wait for what others are at: a
    server that hangs would hold the process up for minutes. So the threads are daemons, which those
    of `concurrent.futures` are not.

    Args:
        action: what is done; raises what this raises.
        items: what it is done with.
        threads: how many at once.
    """
    with ThreadPool(threads) as pool:
        for _ in pool.imap_unordered(action, items):
            pass
