"""An ONNX model of any inputs, with one line for whatever ONNX Runtime does not run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError, first_line
from pass_ops.models.files.onnx_file import open_onnx

DTYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
}
"""ONNX Runtime's names of the types that exporters give to prompts and sizes."""


class OnnxSession:
    """A model of ONNX Runtime on the CPU.

    Args:
        path: of the file.

    Raises:
        ArtifactError: the file is missing, or not a model.

    Attributes:
        path: of the file.
        inputs: shape and type of each, as ONNX Runtime names them, by name.
        outputs: their names, in order.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ArtifactError(
                f"{path}: missing; the onnx back end needs an encoder.onnx and a decoder.onnx "
                "in one folder"
            )
        self._session = open_onnx(path)
        self.path = path
        self.inputs = {
            value.name: (list(value.shape), str(value.type)) for value in self._session.get_inputs()
        }
        self.outputs = [str(value.name) for value in self._session.get_outputs()]

    def run(
        self, outputs: list[str], feed: Mapping[str, NDArray[Any]]
    ) -> dict[str, NDArray[np.float32]]:
        """Outputs of the model by name, float32.

        Args:
            outputs: which to compute.
            feed: inputs by name, each turned into the type that the model takes.

        Raises:
            ArtifactError: the model does not take these inputs, or gives NaN or infinity: no
                comparison holds for these, so that all masks would be empty.
        """
        typed = {
            name: np.ascontiguousarray(value, DTYPES.get(self.inputs[name][1], np.float32))
            for name, value in feed.items()
        }
        try:
            values = self._session.run(outputs, typed)
        except Exception as error:
            raise ArtifactError(
                f"{self.path}: ONNX Runtime stopped ({first_line(error)}): export it for any "
                "number of points, and an encoder and a decoder of one model"
            ) from error
        results = {
            name: np.asarray(value, np.float32) for name, value in zip(outputs, values, strict=True)
        }
        if not all(np.isfinite(value).all() for value in results.values()):
            raise ArtifactError(
                f"{self.path}: gives NaN or infinity; export it from finite weights, in float32"
            )
        return results
