"""Tiny ONNX models with the signatures of an exported segmenter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 32
FLOAT = TensorProto.FLOAT


def _save(
    *,
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: dict[str, list[object]],
    outputs: dict[str, list[object]],
    constants: dict[str, np.ndarray],
) -> None:
    """Write a model of one graph.

    Args:
        path: file to write.
        nodes: of the graph, in an order in which they can be computed.
        inputs, outputs: shapes by name; all are float32.
        constants: by name.
    """
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_encoder(folder: Path, channels_first: bool = True, width: int = SIDE) -> None:
    """An encoder whose embedding is its input, channels first.

    Args:
        folder: to write it into.
        channels_first: whether it takes [1, 3, 32, width] and not [1, 32, width, 3].
        width: of its input, in pixels.
    """
    shape: list[object] = [1, 3, SIDE, width] if channels_first else [1, SIDE, width, 3]
    order = [0, 1, 2, 3] if channels_first else [0, 3, 1, 2]
    node = helper.make_node("Transpose", ["pixels"], ["embedding"], perm=order)
    _save(
        path=folder / "encoder.onnx",
        nodes=[node],
        inputs={"pixels": shape},
        outputs={"embedding": [1, 3, SIDE, width]},
        constants={},
    )


def write_decoder(folder: Path, masks: int = 4, first_score: float = 0.0) -> None:
    """A decoder whose outputs show its inputs.

    Mask m is where the embedding's red is above m / 2; its IoU is `first_score` + 0.1 m and a
    little for the sum of all coordinates and labels; low logits are the mask input + its flag.

    Args:
        folder: to write it into.
        masks: their number.
        first_score: predicted IoU of mask 0.
    """
    levels = np.arange(masks, dtype=np.float32).reshape(1, masks, 1, 1) / 2
    nodes = [
        helper.make_node("Slice", ["image_embeddings", "zero", "one", "axis"], ["red"]),
        helper.make_node("Sub", ["red", "levels"], ["small"]),
        helper.make_node("Cast", ["orig_im_size"], ["size"], to=TensorProto.INT64),
        helper.make_node("Concat", ["batch", "size"], ["whole"], axis=0),
        helper.make_node("Resize", ["small", "", "", "whole"], ["masks"], mode="nearest"),
        helper.make_node("ReduceSum", ["point_coords"], ["coordinates"], keepdims=0),
        helper.make_node("ReduceSum", ["point_labels"], ["labels"], keepdims=0),
        helper.make_node("Mul", ["labels", "thousand"], ["scaled"]),
        helper.make_node("Add", ["coordinates", "scaled"], ["sum"]),
        helper.make_node("Mul", ["sum", "tiny"], ["part"]),
        helper.make_node("Add", ["scores", "part"], ["iou_predictions"]),
        helper.make_node("Add", ["mask_input", "has_mask_input"], ["flagged"]),
        helper.make_node("Expand", ["flagged", "expanded"], ["low_res_masks"]),
    ]
    inputs: dict[str, list[object]] = {
        "image_embeddings": [1, 3, SIDE, SIDE],
        "point_coords": [1, "n", 2],
        "point_labels": [1, "n"],
        "mask_input": [1, 1, 256, 256],
        "has_mask_input": [1],
        "orig_im_size": [2],
    }
    outputs: dict[str, list[object]] = {
        "masks": [1, masks, "h", "w"],
        "iou_predictions": [1, masks],
        "low_res_masks": [1, masks, 256, 256],
    }
    constants = {
        "zero": np.array([0]),
        "one": np.array([1]),
        "axis": np.array([1]),
        "levels": levels,
        "batch": np.array([1, masks]),
        "thousand": np.array(1000, np.float32),
        "tiny": np.array(1e-4, np.float32),
        "scores": np.float32(first_score) + np.arange(masks, dtype=np.float32)[None] / 10,
        "expanded": np.array([1, masks, 256, 256]),
    }
    _save(
        path=folder / "decoder.onnx",
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        constants=constants,
    )
