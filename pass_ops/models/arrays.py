"""The arrays of a weights folder, read without Jittor."""

from __future__ import annotations

from pathlib import Path

from pass_ops.models.files.safetensors_file import read_safetensors
from pass_ops.models.files.tensors import Arrays, to_float32


def load_arrays(folder: Path) -> Arrays:
    """Read `model.safetensors` of a folder.

    Raises:
        ArtifactError: there is none, it is damaged, or holds values that are not finite.
    """
    file = folder / "model.safetensors"
    return to_float32(read_safetensors(file, "run its stage again"), file)
