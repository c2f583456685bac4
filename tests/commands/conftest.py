"""Predictions as a method would hand them in, and the command that scores them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.data.codec import encode_mask
from pass_ops.data.decode import decode_mask


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def labels_of(path: Path) -> np.ndarray:
    """Ids of a label PNG, int32 [H, W]."""
    return decode_mask(path.read_bytes(), path.name)


@pytest.fixture
def predictions(synthetic_data: Path, tmp_path: Path) -> Path:
    """Masks of validation as a method would hand them in: nothing ignored, classes renamed."""
    folder = shutil.copytree(synthetic_data / "validation-segmentation", tmp_path / "predictions")
    for path in folder.glob("*/*.png"):
        labels = labels_of(path)
        clusters = np.where(labels == 1000, 0, labels)
        path.write_bytes(encode_mask(np.where(clusters > 0, clusters % 6 + 1, 0).astype(np.int32)))
    return folder
