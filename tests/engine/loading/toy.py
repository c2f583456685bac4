"""Samples that cost nothing, and what goes wrong with some of them."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pass_ops.engine.loading.order import sample_rng
from pass_ops.engine.loading.samples import Field, Sample, SampleMaker
from pass_ops.errors import DataError


@dataclass(frozen=True)
class Toy(SampleMaker[int]):
    """A sample is two views [2, 3] of random numbers, the item, and the process that made it.

    Attributes:
        bad: the item that fails.
        how: it fails.
        diary: a folder that gets a file for each item, if there is one.
    """

    bad: int = -1
    how: str = "user"
    diary: Path | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        return (
            Field((2, 3), np.float32, axis=1),
            Field((), np.int32),
            Field((1,), np.int64),
        )

    def __call__(self, item: int) -> Sample:
        if self.diary is not None:
            (self.diary / str(item)).touch()
        # The first ones take longest, so that several finish out of order.
        time.sleep(0.002 * (item % 3 == 0))
        if item == self.bad:
            self.fail()
        views = sample_rng(31, 0, item).random((2, 3), np.float32)
        return views, np.array(item, np.int32), np.array([os.getpid()])

    def fail(self) -> None:
        """As it was told."""
        if self.how == "user":
            raise DataError("damaged: make it again")
        if self.how == "defect":
            raise ValueError("boom")
        os._exit(1)

    def image(self, item: int) -> int:
        return item

    def name(self, item: int) -> str:
        return f"photo-{item}.jpg"


@dataclass(frozen=True)
class Misshapen(Toy):
    """Samples that are not as they were announced."""

    def __call__(self, item: int) -> Sample:
        return np.zeros((2, 4), np.float32), np.array(item, np.int32), np.array([0])


@dataclass(frozen=True)
class Large(Toy):
    """Samples of 256 KiB."""

    @property
    def fields(self) -> tuple[Field, ...]:
        return (Field((2**16,), np.float32),)

    def __call__(self, item: int) -> Sample:
        return (np.full(2**16, item, np.float32),)
