"""The arrays of a weights folder, read without Jittor."""

from __future__ import annotations

from pathlib import Path

from pass_ops.engine.checkpoints.snapshot import under
from pass_ops.models.files.safetensors_file import read_safetensors
from pass_ops.models.files.tensors import Arrays, to_float32
from pass_ops.paths import WEIGHTS_FILE

BACKBONE = "backbone."
"""What names of a backbone's arrays begin with, in every network that has one."""


def load_arrays(folder: Path) -> Arrays:
    """Read `model.safetensors` of a folder.

    Raises:
        ArtifactError: there is none, it is damaged, or holds values that are not finite.
    """
    file = folder / WEIGHTS_FILE
    return to_float32(read_safetensors(file, "run its stage again"), file)


def backbone_arrays(arrays: Arrays) -> Arrays:
    """A network's backbone, under torchvision's names, which are those of `models.resnet`.

    Args:
        arrays: of a network that has one, by name.
    """
    return under(BACKBONE, arrays)
