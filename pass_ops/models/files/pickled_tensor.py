"""What stands in a pickle of PyTorch's for a tensor, whose numbers lie outside of it.

Nothing here has an attribute that a crafted pickle could change.
"""

from __future__ import annotations

import pickle
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pass_ops.models.files.tensors import BFLOAT16

AXES = 8
"""Most axes of a tensor."""

STORAGES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "BFloat16Storage": BFLOAT16,
    "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("i1"),
    "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}
"""PyTorch's classes of storages, and NumPy's types of their numbers."""


class Storage(NamedTuple):
    """Numbers that lie outside of the pickle.

    Attributes:
        key: by which the file finds them.
        kind: a key of `STORAGES`.
        length: how many.
    """

    key: str
    kind: str
    length: int


class PickledTensor(NamedTuple):
    """A contiguous part of a storage, in a shape.

    Attributes:
        storage: its numbers.
        offset: index of its first.
        shape: of it.
    """

    storage: Storage
    offset: int
    shape: tuple[int, ...]

    def view(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """The tensor, without a copy, in the numbers of its storage."""
        return numbers[self.offset : self.offset + prod(self.shape)].reshape(self.shape)


class RebuildTensor:
    """Describes a contiguous tensor, which all of a checkpoint's are."""

    __slots__ = ()

    # By position, as the pickle calls it.
    def __call__(self, storage: Any, offset: Any, *layout: Any) -> PickledTensor:
        """The tensor.

        Args:
            storage: numbers, of which the tensor may be a part.
            offset: index of its first.
            layout: its shape; its strides, in numbers, not in bytes; flags and hooks, of which
                inference needs none.

        Raises:
            UnpicklingError: the tensor has too many axes, isn't contiguous, or reaches beyond its
                storage.
        """
        shape, strides = layout[:2]
        numbers = (offset, *shape, *strides)
        # Before anything is multiplied.
        if not isinstance(storage, Storage) or not all(type(number) is int for number in numbers):
            raise pickle.UnpicklingError("a tensor is made of something else than numbers")
        if len(shape) > AXES:
            raise pickle.UnpicklingError(f"a tensor has {len(shape)} axes, more than {AXES}")
        expected = tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
        contiguous = all(
            stride == expected_stride or length == 1
            for stride, expected_stride, length in zip(strides, expected, shape, strict=True)
        )
        if not contiguous or min((offset, *shape)) < 0 or offset + prod(shape) > storage.length:
            raise pickle.UnpicklingError(
                f"a tensor of shape {tuple(shape)} doesn't fit its storage"
            )
        return PickledTensor(storage, offset, tuple(shape))


class RebuildParameter:
    """Unwraps a tensor that was saved as a trainable parameter."""

    __slots__ = ()

    def __call__(self, tensor: Any, *_: Any) -> Any:
        """The tensor itself; flags and hooks are left out."""
        return tensor
