"""How long a stage waits for its images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


class DataWait:
    """Measures which share of a loop's time passes between asking for a batch and getting it."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget all loops."""
        self._waited = self._worked = 0.0
        # When the batch came that is being worked on; None between two of them.
        self._given: float | None = None

    def over(self, batches: Iterable[T]) -> Iterator[T]:
        """Yield `batches`, and measure; adds to what was measured before.

        Args:
            batches: of one loop. One at a time.
        """
        asked = perf_counter()
        for batch in batches:
            self._given = perf_counter()
            self._waited += self._given - asked
            yield batch
            asked = perf_counter()
            self._worked += asked - self._given
            self._given = None

    @property
    def seconds(self) -> tuple[float, float]:
        """What was waited in all loops so far, and what was worked."""
        working = 0.0 if self._given is None else perf_counter() - self._given
        return self._waited, self._worked + working

    @property
    def used(self) -> bool:
        """Whether any batch has come."""
        return self._waited > 0

    @property
    def share(self) -> float:
        """Share of the time of all loops so far, 0…1."""
        return self.share_after((0.0, 0.0)) or 0.0

    def share_after(self, before: tuple[float, float]) -> float | None:
        """Share of the time of loops since `seconds` was `before`; None if no batch came since."""
        waited, worked = (now - then for now, then in zip(self.seconds, before, strict=True))
        return waited / (waited + worked) if waited > 0 else None


INFERENCE = DataWait()
"""What the running stage's inference waits for; `engine.stage` begins it anew and records it."""
