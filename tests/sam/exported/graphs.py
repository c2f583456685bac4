"""Tiny ONNX models with the signatures of exported segmenters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE, RAW_SIDE = 32, 1024
FLOAT = TensorProto.FLOAT


@dataclass(frozen=True)
class Signature:
    """What differs between exports.

    Attributes:
        raw: the encoder takes an image [H, W, 3] and normalises and pads by itself.
        embedding: the decoder's name of the embedding.
        features: further outputs of the encoder that the decoder takes.
        sized: the decoder is told the image's size, gives masks of it, and low-resolution logits.
        size_type: of that size.
    """

    raw: bool = False
    embedding: str = "image_embeddings"
    features: tuple[str, ...] = ()
    sized: bool = True
    size_type: int = FLOAT


SEGMENT_ANYTHING = Signature()
SAM_2 = Signature(
    embedding="image_embed",
    features=("high_res_feats_0", "high_res_feats_1"),
    sized=False,
)
SIGNATURES = {
    # segment_anything/utils/onnx.py and scripts/export_onnx_model.py, version 1.0.
    "Segment Anything": SEGMENT_ANYTHING,
    # samexporter 0.5.0, export_encoder.py --use-preprocess.
    "raw pixels": Signature(raw=True),
    # samexporter 0.5.0, export_sam2.py.
    "SAM 2": SAM_2,
    # osam 0.8.1, _models/sam2/_models.py.
    "SAM 2.1": Signature(
        features=("high_res_features1", "high_res_features2"), size_type=TensorProto.INT64
    ),
    "HQ-SAM": Signature(features=("interm_embeddings",)),
}


def _save(
    *,
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: dict[str, list[object]],
    outputs: dict[str, list[object]],
    constants: dict[str, np.ndarray],
    types: dict[str, int] | None = None,
) -> None:
    """Write a model of one graph.

    Args:
        path: file to write.
        nodes: of the graph, in an order in which they can be computed.
        inputs, outputs: shapes by name.
        constants: by name.
        types: of inputs that are not float32.
    """
    kinds = types or {}
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info(name, kinds.get(name, FLOAT), shape)
            for name, shape in inputs.items()
        ],
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def write_encoder(
    folder: Path,
    channels_first: bool = True,
    width: int = SIDE,
    signature: Signature = SEGMENT_ANYTHING,
) -> None:
    """An encoder whose embedding, and every feature, is its input, channels first.

    Args:
        folder: to write it into.
        channels_first: whether it takes [1, 3, 32, width] and not [1, 32, width, 3].
        width: of its input, in pixels.
        signature: of the model.
    """
    shape: list[object] = [1, 3, SIDE, width] if channels_first else [1, SIDE, width, 3]
    order = [0, 1, 2, 3] if channels_first else [0, 3, 1, 2]
    nodes = [helper.make_node("Transpose", ["pixels"], ["embedding"], perm=order)]
    given: list[object] = [1, 3, SIDE, width]
    constants: dict[str, np.ndarray] = {}
    if signature.raw:
        constants = {
            "first": np.array([0]),
            "before": np.zeros(3, np.int64),
            "whole": np.array([3, RAW_SIDE, RAW_SIDE]),
        }
        shape, given = ["height", "width", 3], [1, 3, RAW_SIDE, RAW_SIDE]
        nodes = [
            helper.make_node("Transpose", ["pixels"], ["planes"], perm=[2, 0, 1]),
            helper.make_node("Shape", ["planes"], ["lengths"]),
            helper.make_node("Sub", ["whole", "lengths"], ["after"]),
            helper.make_node("Concat", ["before", "after"], ["pads"], axis=0),
            helper.make_node("Pad", ["planes", "pads"], ["padded"]),
            helper.make_node("Unsqueeze", ["padded", "first"], ["embedding"]),
        ]
    features = [helper.make_node("Identity", ["embedding"], [name]) for name in signature.features]
    embedding = signature.embedding if signature.features else "embedding"
    for node in (*nodes, *features):
        for names in (node.input, node.output):
            names[:] = [embedding if name == "embedding" else name for name in names]
    _save(
        path=folder / "encoder.onnx",
        nodes=[*nodes, *features],
        inputs={"pixels": shape},
        outputs={embedding: given} | dict.fromkeys(signature.features, given),
        constants=constants,
    )


def write_decoder(
    folder: Path,
    masks: int = 4,
    first_score: float = 0.0,
    signature: Signature = SEGMENT_ANYTHING,
) -> None:
    """A decoder whose outputs show its inputs.

    Logits m are the embedding's red - m / 2, and the mask input and its flag; IoU m is
    `first_score` + 0.1 m and a little for the sum of all coordinates and labels. Masks at the
    image's size are wrong, as those of some exporters are.

    Args:
        folder: to write it into.
        masks: their number.
        first_score: predicted IoU of mask 0.
        signature: of the model.
    """
    levels = np.arange(masks, dtype=np.float32).reshape(1, masks, 1, 1) / 2
    side: list[object] = [1, 3, "rows", "columns"]
    low = "low_res_masks" if signature.sized else "masks"
    nodes = [
        helper.make_node("Sum", [signature.embedding, *signature.features], ["all"]),
        helper.make_node("Mul", ["all", "share"], ["mean"]),
        helper.make_node("Slice", ["mean", "zero", "one", "axis"], ["red"]),
        helper.make_node("Sub", ["red", "levels"], ["small"]),
        helper.make_node("Resize", ["small", "", "", "low"], ["resized"], mode="nearest"),
        helper.make_node("ReduceSum", ["point_coords"], ["coordinates"], keepdims=0),
        helper.make_node("ReduceSum", ["point_labels"], ["labels"], keepdims=0),
        helper.make_node("Mul", ["labels", "thousand"], ["scaled"]),
        helper.make_node("Add", ["coordinates", "scaled"], ["sum"]),
        helper.make_node("Mul", ["sum", "tiny"], ["part"]),
        helper.make_node("Add", ["scores", "part"], ["iou_predictions"]),
        helper.make_node("Add", ["mask_input", "has_mask_input"], ["flagged"]),
        helper.make_node("Add", ["resized", "flagged"], [low]),
    ]
    if signature.sized:
        nodes += [
            helper.make_node("Cast", ["orig_im_size"], ["size"], to=TensorProto.INT64),
            helper.make_node("Concat", ["batch", "size"], ["whole"], axis=0),
            helper.make_node("Expand", ["surely", "whole"], ["masks"]),
        ]
    inputs: dict[str, list[object]] = {
        signature.embedding: side,
        **dict.fromkeys(signature.features, side),
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
        "share": np.array(1 / (1 + len(signature.features)), np.float32),
        "zero": np.array([0]),
        "one": np.array([1]),
        "axis": np.array([1]),
        "levels": levels,
        "batch": np.array([1, masks]),
        "thousand": np.array(1000, np.float32),
        "tiny": np.array(1e-4, np.float32),
        "scores": np.float32(first_score) + np.arange(masks, dtype=np.float32)[None] / 10,
        "low": np.array([1, masks, 256, 256]),
        "surely": np.array(9, np.float32),
    }
    if not signature.sized:
        del inputs["orig_im_size"], outputs["low_res_masks"]
    _save(
        path=folder / "decoder.onnx",
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        constants=constants,
        types={"orig_im_size": signature.size_type},
    )
