"""Progress of long work, as lines for people, and as events for whoever started the stage.

    progress | pretrain | 1200/5540 images | 134.2 images/s | 0:00:32 left | epoch 3/10 loss 4.21

One line a second at most, so that a container's log stays small. Rate and time left are those of
the last minute. Images that waited for kernels to be compiled are not counted in them:

    progress | pretrain | 32/5540 images | compiling kernels | epoch 1/10 loss 5.02

Lines of inference end with the share of its time so far that it waited for images, those of a
training with that of the epoch:

    progress | predict | 1200/5540 images | 10.2 images/s | 0:07:05 left | data wait 3%
"""

from __future__ import annotations

import resource
import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from pass_ops.engine.events import tell
from pass_ops.engine.loading.data_wait import INFERENCE

PREFIX = "progress"
# Seconds that the rate is taken over.
RECENT = 60.0
COMPILING = "compiling kernels"
# Seconds of children's processor time: less is no compiler's.
LEAST_COMPILED = 0.1
T = TypeVar("T")


class Progress:
    """Counts the images that a stage has worked through.

    Args:
        stage: the stage's name, as the KFP UI shows it.
        total: images that the whole stage will work through, over all epochs.
        interval: least time between two printed lines, in seconds.
    """

    def __init__(self, stage: str, total: int, interval: float = 1.0) -> None:
        self._compilers = _seconds_of_children()
        # Of loops before, which are none of this one's business.
        self._waits_before = INFERENCE.seconds
        self.stage, self.total, self.interval = stage, total, interval
        self.note = ""
        self._printed = 0.0
        self.start_at(0)

    def start_at(self, done: int) -> None:
        """Start with images that were worked through before, whose time is not known."""
        self.done = done
        # Seconds and images of the lines of the last minute, and of the one before.
        self._lines = deque([(time.monotonic(), done)])

    def advance(self, images: int, note: str = "") -> None:
        """Add to the count, and print a line if one is due.

        Args:
            images: worked through since the last call.
            note: epoch and loss, say; stays on the line until the next one.
        """
        self.note = note or self.note
        now = time.monotonic()
        compiled = self._has_compiled()
        if compiled:
            self.start_at(self.done + images)
        else:
            self.done += images
        if now - self._printed >= self.interval or self.done >= self.total:
            self._printed = now
            details = self._details(None if compiled else self.rate(now))
            tell(
                " | ".join((PREFIX, self.stage, f"{self.done}/{self.total} images", *details)),
                stage=self.stage,
                done=self.done,
                total=self.total,
                detail=", ".join(details),
            )

    def _has_compiled(self) -> bool:
        """Whether kernels were compiled since the last call, and what waited for them is done."""
        before, self._compilers = self._compilers, _seconds_of_children()
        return self._compilers - before > LEAST_COMPILED

    def rate(self, now: float) -> float:
        """Images per second in the last minute before `now`, which is a line's time."""
        while len(self._lines) > 1 and self._lines[1][0] <= now - RECENT:
            self._lines.popleft()
        start, before = self._lines[0]
        self._lines.append((now, self.done))
        return (self.done - before) / max(now - start, 1e-9)

    def _details(self, rate: float | None) -> list[str]:
        """Rate, time left and note at `rate` images per second; None while kernels are compiled."""
        if rate is None:
            speed = [COMPILING]
        else:
            left = timedelta(seconds=round((self.total - self.done) / max(rate, 1e-9)))
            speed = [f"{rate:.1f} images/s", f"{left} left"]
        share = INFERENCE.share_after(self._waits_before)
        wait = "" if share is None else f"data wait {share:.0%}"
        return [detail for detail in (*speed, self.note, wait) if detail]


def _seconds_of_children() -> float:
    """Processor time of the processes that this one has started and seen end: compilers."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def track(items: Iterable[T], stage: str, total: int) -> Iterator[T]:
    """Yield `items`, one image each, printing progress.

    Args:
        items: what the stage works through.
        stage: the stage's name, as the KFP UI shows it.
        total: number of items.
    """
    progress = Progress(stage, total)
    for item in items:
        yield item
        progress.advance(1)
