"""Tensors in the numbers of the file that they come from, and as finite float32."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError

Tensors = Mapping[str, NDArray[Any]]
"""By name, as a file holds them; those of PyTorch's files are views, which take no memory."""
Arrays = dict[str, NDArray[np.float32]]
"""By name, ready for a network."""

BFLOAT16 = np.dtype([("bfloat16", "<u2")])
"""The upper half of a float32, which NumPy has no name for."""


def to_float32(tensors: Tensors, source: Path | str) -> Arrays:
    """Tensors as float32, every value of them finite.

    Args:
        tensors: in floating-point numbers of any width and byte order.
        source: file, folder or address that they come from, which an error names.

    Raises:
        ArtifactError: a tensor holds other numbers, NaN, infinity, a value that float32 does not
            reach, or variances below 0.
    """
    return {name: _checked(source, name, values) for name, values in tensors.items()}


def _checked(source: Path | str, name: str, values: NDArray[Any]) -> NDArray[np.float32]:
    if values.dtype.names == BFLOAT16.names:
        halves = values["bfloat16"].astype(np.uint32)
        numbers = np.asarray(halves << np.uint32(16)).view(np.float32)
    elif values.dtype.kind == "f":
        # What overflows is found below.
        with np.errstate(over="ignore"):
            numbers = np.asarray(values, np.float32, order="C")
    else:
        raise ArtifactError(
            f"{source}: {name} holds {values.dtype.name} numbers; "
            "give weights in float32, float16, bfloat16 or float64"
        )
    finite = int(np.count_nonzero(np.isfinite(numbers)))
    if finite < numbers.size:
        raise ArtifactError(
            f"{source}: {name} holds {numbers.size - finite} of {numbers.size} values that are NaN "
            f"or infinite{_cause(values)}; give weights that are finite"
        )
    if name.endswith("running_var") and numbers.size and numbers.min() < 0:
        raise ArtifactError(
            f"{source}: {name} holds variances below 0; give the weights as they were trained"
        )
    return numbers


def _cause(values: NDArray[Any]) -> str:
    """What values may come from that are not finite, by the kind of their numbers."""
    if values.dtype.kind == "f" and values.dtype.itemsize == 2:
        return " (half precision ends at 65504)"
    if values.dtype.kind == "f" and values.dtype.itemsize == 8 and np.isfinite(values).all():
        return " (too large for float32)"
    return ""
