"""Progress of long work, as log lines that people and the local run's progress bar can both read.

One line a second at most, so that a container's log stays small:
`progress | pretrain | 1200/5540 images | 134.2 images/s | 0:00:32 left | epoch 3/10 loss 4.21`
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

PREFIX = "progress"
T = TypeVar("T")


class Progress:
    """Counts the images that a stage has worked through.

    Args:
        stage: the stage's name, as the KFP UI shows it.
        total: images that the whole stage will work through, over all epochs.
        interval: least time between two printed lines, in seconds.
    """

    def __init__(self, stage: str, total: int, interval: float = 1.0) -> None:
        self.stage, self.total, self.interval = stage, total, interval
        self.done = 0
        self.note = ""
        self._start = time.monotonic()
        self._printed = 0.0

    def advance(self, images: int, note: str = "") -> None:
        """Add `images` to the count; `note` (epoch, loss) stays on the line until the next one."""
        self.done += images
        self.note = note or self.note
        now = time.monotonic()
        if now - self._printed >= self.interval or self.done >= self.total:
            self._printed = now
            print(self.line(now - self._start), flush=True)

    def line(self, seconds: float) -> str:
        """The line for `seconds` since the start."""
        rate = self.done / max(seconds, 1e-9)
        left = timedelta(seconds=round((self.total - self.done) / max(rate, 1e-9)))
        fields = [PREFIX, self.stage, f"{self.done}/{self.total} images", f"{rate:.1f} images/s", f"{left} left", self.note]
        return " | ".join(field for field in fields if field)


def track(items: Iterable[T], stage: str, total: int) -> Iterator[T]:
    """Yield `items`, one image each, printing progress."""
    progress = Progress(stage, total)
    for item in items:
        yield item
        progress.advance(1)
