"""An ONNX graph that is built layer after layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8
"""The oldest that have all that is used here: read by ONNX Runtime 1.12 (2022) and later."""

INPUT, OUTPUT = "images", "logits"


class OnnxGraph:
    """Nodes in order, and the weights that they use.

    Args:
        weights: arrays by the names that nodes call them by.
    """

    def __init__(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._used: dict[str, Any] = {}

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output.

        Args:
            kind: ONNX's name of the operator.
            inputs: names of other nodes' outputs, or of weights.
            attributes: of the operator.

        Returns:
            name of the output.
        """
        output = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        for name in inputs:
            if name in self._weights:
                self._used[name] = numpy_helper.from_array(self._weights[name], name)
        return output

    def model(self, output: str, classes: int) -> onnx.ModelProto:
        """The checked model; batch, height and width are free.

        Args:
            output: name of the node's output that becomes the model's, [N, classes, h, w].
            classes: channels of the output.
        """
        self._nodes.append(helper.make_node("Identity", [output], [OUTPUT], name=OUTPUT))
        sizes = {
            INPUT: ("batch", 3, "height", "width"),
            OUTPUT: ("batch", classes, "rows", "columns"),
        }
        images, logits = (
            helper.make_tensor_value_info(name, TensorProto.FLOAT, size)
            for name, size in sizes.items()
        )
        graph = helper.make_graph(
            self._nodes, "segmenter", [images], [logits], list(self._used.values())
        )
        model = helper.make_model(
            graph,
            producer_name="pass-ops",
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        onnx.checker.check_model(model, full_check=True)
        return model
