"""The format of a file is that of its content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pass_ops.errors import ArtifactError
from pass_ops.models.files.read import read_weights
from tests.models.files.checkpoints import named, numbered, write_checkpoint, write_row

ARRAYS = {"module.a": np.float32([1, 2]), "module.b": np.float32([[3]])}


def test_all_formats_hold_the_same_whatever_they_are_called(tmp_path: Path) -> None:
    save_file(ARRAYS, tmp_path / "safe.pth")
    write_checkpoint(tmp_path / "zip.safetensors", ARRAYS)
    write_row(path=tmp_path / "row.tar", content=named(ARRAYS), storages=numbered(ARRAYS))
    for path in tmp_path.iterdir():
        read = read_weights(path)
        assert read.wrapping == ("prefix module.",)
        assert read.tensors.keys() == {"a", "b"}
        for name, values in read.tensors.items():
            np.testing.assert_array_equal(values, ARRAYS[f"module.{name}"])


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    for path in (tmp_path, tmp_path / "absent", tmp_path / "link"):
        with pytest.raises(
            ArtifactError, match=rf"^{path}: .*; give the official checkpoint file$"
        ):
            read_weights(path)
