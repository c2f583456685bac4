"""How long a training waits for its batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


class DataWait:
    """Measures which share of an epoch's time passes between asking for a batch and getting it."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._waited = 0.0

    def over(self, batches: Iterable[T]) -> Iterator[T]:
        """Yield `batches`, and measure from now on.

        Args:
            batches: of one epoch.
        """
        self._start, self._waited = perf_counter(), 0.0
        asked = self._start
        for batch in batches:
            self._waited += perf_counter() - asked
            yield batch
            asked = perf_counter()

    @property
    def share(self) -> float:
        """The share of the time since `over` began, 0…1."""
        return self._waited / max(perf_counter() - self._start, 1e-9)
