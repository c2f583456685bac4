"""Reads a file of weights, of whichever format it is by its content."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.errors import ArtifactError
from pass_ops.models.files.pytorch_file import ADVICE, read_pytorch
from pass_ops.models.files.safetensors_file import read_safetensors
from pass_ops.models.files.wrappers import Unwrapped, unwrap
from pass_ops.storage.opening import reason, regular_file


def read_weights(path: Path) -> Unwrapped:
    """The tensors of a `.pth` or `.safetensors` file, unwrapped.

    Raises:
        ArtifactError: it is neither, is damaged, or asks for anything but tensors.
    """
    if _is_safetensors(path):
        return unwrap(read_safetensors(path, ADVICE), np.ndarray)
    return read_pytorch(path)


def _is_safetensors(path: Path) -> bool:
    """Whether the file begins as safetensors do: with a length of 8 bytes, and JSON."""
    try:
        with open(regular_file(path), "rb") as file:
            return file.read(9)[8:] == b"{"
    except OSError as error:
        raise ArtifactError(f"{path}: {reason(error)}; {ADVICE}") from error
