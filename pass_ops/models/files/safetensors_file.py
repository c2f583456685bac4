"""Reads `.safetensors` files, bfloat16 among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from safetensors import deserialize, safe_open

from pass_ops.errors import ArtifactError
from pass_ops.models.files.tensors import BFLOAT16, Tensors
from pass_ops.storage.opening import reading, regular_file

_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": BFLOAT16,
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
"""The format's names of numbers, and NumPy's."""


def read_safetensors(path: Path, advice: str) -> Tensors:
    """The tensors of a file by name.

    Args:
        path: the file.
        advice: what to do where it cannot be read.

    Raises:
        ArtifactError: it cannot be read, is damaged, or holds numbers of a kind that is not known.
    """
    with (
        reading(path=path, what="weights in safetensors", advice=advice),
        safe_open(regular_file(path), framework="numpy") as file,
    ):
        kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118
        for name, kind in kinds.items():
            if kind not in _DTYPES:
                raise ArtifactError(
                    f"{path}: {name} holds {kind} numbers; "
                    "give weights in float32, float16, bfloat16 or float64"
                )
        if "BF16" not in kinds.values():
            return dict(file.get_tensors())
        # The library asks NumPy for bfloat16, and so can give its bytes alone. Its stub of the
        # function that does, in safetensors 0.8, has no types.
        return {
            name: np.frombuffer(entry["data"], _DTYPES[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in deserialize(path.read_bytes())  # type: ignore[no-untyped-call]
        }
