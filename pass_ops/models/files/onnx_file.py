"""ONNX files in ONNX Runtime, with one line for whatever it does not open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import onnxruntime

from pass_ops.errors import ArtifactError, first_line

# What ONNX Runtime 1.32 says of a file of a newer opset, amid names of its own functions.
_NEWER_OPSET = re.compile(r"Opset (\d+) is under development .* till opset (\d+)")
# Where in its source ONNX Runtime found a fault: file, line, signature of the function.
_PLACE = re.compile(r"/onnxruntime_src/.*?\) (?=[A-Z])")


def open_onnx(path: Path) -> Any:
    """An ONNX Runtime session on the CPU: the package that the project installs has no GPU's.

    Args:
        path: of the file.

    Raises:
        ArtifactError: the file is broken, or of an opset that ONNX Runtime does not know.
    """
    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    # ONNX Runtime's errors have no common class of their own.
    except Exception as error:
        raise ArtifactError(_refusal(path, error)) from error


def _refusal(path: Path, error: Exception) -> str:
    """What is wrong with a file, in one line.

    Args:
        path: of the file.
        error: of ONNX Runtime.
    """
    runtime = f"ONNX Runtime {onnxruntime.__version__}"
    if newer := _NEWER_OPSET.search(str(error)):
        opset, known = newer.groups()
        return (
            f"{path}: is of ONNX opset {opset}, {runtime} knows those up to {known}: export it for "
            "one of these, or install a newer onnxruntime"
        )
    reason = _PLACE.sub("", first_line(error).rpartition("failed:")[2])
    return f"{path}: not a model that {runtime} opens ({reason}): export it again"
