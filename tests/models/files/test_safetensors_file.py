"""Safetensors files, good and bad."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pass_ops.errors import ArtifactError
from pass_ops.models.files.safetensors_file import read_safetensors
from pass_ops.models.files.tensors import to_float32

ADVICE = "do this"


def write(path: Path, kind: str, data: bytes, shape: tuple[int, ...]) -> Path:
    """A file of one tensor `a`.

    Args:
        path: file to write.
        kind: the format's name of its numbers.
        data: their bytes.
        shape: of the tensor.
    """
    entry = {"dtype": kind, "shape": shape, "data_offsets": [0, len(data)]}
    header = json.dumps({"a": entry}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ArtifactError) as caught:
        read_safetensors(path, ADVICE)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_tensors_come_back(tmp_path: Path) -> None:
    arrays = {"a": np.float32([[1, 2]]), "b": np.array(3, np.float16), "c": np.arange(3)}
    save_file(arrays, tmp_path / "w")
    read = read_safetensors(tmp_path / "w", ADVICE)
    assert read.keys() == arrays.keys()
    for name, values in arrays.items():
        assert read[name].dtype == values.dtype
        np.testing.assert_array_equal(read[name], values)


def test_bfloat16_is_read(tmp_path: Path) -> None:
    halves = (np.float32([1.5, -2, 1e30, 0]).view(np.uint32) >> 16).astype("<u2")
    path = write(tmp_path / "w", "BF16", halves.tobytes(), (2, 2))
    read = to_float32(read_safetensors(path, ADVICE), path)["a"]
    assert read.shape == (2, 2)
    np.testing.assert_allclose(read.ravel(), [1.5, -2, 1e30, 0], rtol=2**-7)


@pytest.mark.parametrize("kind", ["F8_E4M3", "F8_E5M2", "C64"])
def test_kinds_of_numbers_that_are_not_known_are_refused(tmp_path: Path, kind: str) -> None:
    size = 8 if kind == "C64" else 1
    path = write(tmp_path / "w", kind, bytes(2 * size), (2,))
    assert f"a holds {kind} numbers" in refusal(path)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole", "F32", bytes(8), (2,)).read_bytes()
    for name, data in (
        ("cut", whole[:-1]),
        ("empty", b""),
        ("text", b"hello"),
        ("long", b"\xff" * 9),
    ):
        (tmp_path / name).write_bytes(data)
        assert ADVICE in refusal(tmp_path / name)
    assert ADVICE in refusal(tmp_path / "absent")
    assert "folder" in refusal(tmp_path)
