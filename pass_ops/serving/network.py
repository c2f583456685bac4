"""The network of an exported model under ONNX Runtime, on the CPU."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError
from pass_ops.models.files.onnx_file import open_onnx
from pass_ops.paths import ModelPath
from pass_ops.serving.files import NETWORK

Floats = NDArray[np.float32]


class OnnxNetwork:
    """Maps normalised images [N, 3, H, W] to logits [N, classes, h, w].

    Args:
        folder: of the model.
        classes: that its outputs must be, background included.

    Raises:
        ArtifactError: the file is broken, of an opset that ONNX Runtime does not know, or of
            another signature.
    """

    def __init__(self, folder: ModelPath, classes: int) -> None:
        path = folder / NETWORK
        self._session = open_onnx(path)
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        shapes = [list(port.shape) for port in (*inputs, *outputs)]
        if (
            len(inputs) != 1
            or len(outputs) != 1
            or any(len(shape) != 4 for shape in shapes)
            or (shapes[0][1], shapes[1][1]) != (3, classes)
        ):
            raise ArtifactError(
                f"{path}: takes and gives {shapes}, wanted [N, 3, H, W] and [N, {classes}, h, w]: "
                "export it again"
            )
        self._input = inputs[0].name

    def __call__(self, images: Floats) -> Floats:
        """Logits of a batch."""
        logits: Floats = self._session.run(None, {self._input: images})[0]
        return logits
