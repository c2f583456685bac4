"""What a sample is made of, and how samples become a batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.worker_process import named

Sample = tuple[NDArray[Any], ...]
Batch = tuple[NDArray[Any], ...]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Field:
    """One of the arrays that every sample has.

    Attributes:
        shape: in a sample.
        dtype: of its values.
        axis: of a batch's array, along which its samples lie.
    """

    shape: tuple[int, ...]
    dtype: type[np.generic]
    axis: int = 0

    def batch_shape(self, count: int) -> tuple[int, ...]:
        """The shape in a batch of `count` samples."""
        return (*self.shape[: self.axis], count, *self.shape[self.axis :])

    def bytes(self, count: int) -> int:
        """What a batch of `count` samples takes, in bytes."""
        return int(np.prod(self.batch_shape(count))) * np.dtype(self.dtype).itemsize


class Draw(NamedTuple):
    """What a sample is drawn for: an image, by its place in the split, and an epoch."""

    image: int
    epoch: int


class SampleMaker(ABC, Generic[Item]):
    """Makes the samples of a loader.

    It is pickled, and its module imported by processes that must not touch Jittor.
    """

    @property
    @abstractmethod
    def fields(self) -> tuple[Field, ...]:
        """The arrays of each sample."""

    @abstractmethod
    def __call__(self, item: Item) -> Sample:
        """The sample that `item` stands for; several threads may call."""

    @abstractmethod
    def image(self, item: Item) -> int:
        """Number of the image, which the same process gets each time: so it may keep it."""

    @abstractmethod
    def name(self, item: Item) -> str:
        """What an error calls the image: its file, for instance."""

    def share(self, processes: int) -> SampleMaker[Item]:  # noqa: ARG002
        """The same for one of so many processes, where it matters: they share memory."""
        return self


def put_sample(*, make: SampleMaker[Item], item: Item, batch: Batch, row: int) -> None:
    """Make a sample, and put it into a batch.

    Args:
        make: makes it.
        item: that stands for it.
        batch: arrays of `make.fields`.
        row: its place in the batch.

    Raises:
        PassError: one of the same kind that `make` raised, with the image's name.
        RuntimeError: `make` failed otherwise; names the image.
    """
    try:
        for field, array, values in zip(make.fields, batch, make(item), strict=True):
            if values.shape != field.shape:
                raise ValueError(f"a sample's array is {values.shape}, not {field.shape}")
            np.moveaxis(array, field.axis, 0)[row] = values
    except Exception as error:
        raise named(error, make.name(item)) from error
