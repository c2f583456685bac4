"""Exported segmenters through ONNX Runtime, with tiny graphs made here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.pseudo_labels.targets import prompt_of
from pass_ops.sam.interface import Prompt
from pass_ops.sam.onnx import OnnxSegmenter
from pass_ops.sam.open import open_segmenter, worker_processes

SIDE = 32
FLOAT = TensorProto.FLOAT


def save(
    *,
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: dict[str, list[object]],
    outputs: dict[str, list[object]],
    constants: dict[str, np.ndarray],
) -> None:
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


def write_encoder(folder: Path, first: bool = True) -> None:
    """Gives its input, channels first."""
    shape: list[object] = [1, 3, SIDE, SIDE] if first else [1, SIDE, SIDE, 3]
    order = [0, 1, 2, 3] if first else [0, 3, 1, 2]
    node = helper.make_node("Transpose", ["pixels"], ["embedding"], perm=order)
    save(
        path=folder / "encoder.onnx",
        nodes=[node],
        inputs={"pixels": shape},
        outputs={"embedding": [1, 3, SIDE, SIDE]},
        constants={},
    )


def write_decoder(folder: Path, masks: int = 4) -> None:
    """Mask m: red above level m. IoU m: 0.1 m + the sum of all coordinates. Low logits: the mask
    input + its flag.
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
        "scores": np.arange(masks, dtype=np.float32)[None] / 10,
        "expanded": np.array([1, masks, 256, 256]),
    }
    save(
        path=folder / "decoder.onnx",
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        constants=constants,
    )


def image() -> np.ndarray:
    """[16, 64], red over the right half."""
    rgb = np.zeros((16, 64, 3), np.uint8)
    rgb[:, 32:, 0] = 255
    return rgb


@pytest.mark.parametrize("first", [True, False])
def test_masks_come_at_the_image_size_and_score_order(tmp_path: Path, first: bool) -> None:
    write_encoder(tmp_path, first)
    write_decoder(tmp_path)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    found = segmenter.predict(prompt_of(None, (40, 8)), True)
    # (40, 8) and the padding point: coordinates shrink by half, labels are 1 − 1.
    assert found.scores == pytest.approx(np.array([0.1, 0.2, 0.3]) + 1e-4 * 24)
    assert found.masks.shape == (3, 16, 64)
    assert found.low_logits.shape == (3, 256, 256)
    assert (found.low_logits == 0).all()
    single = segmenter.predict(prompt_of((2, 4, 6, 8), None), False)
    assert single.scores == pytest.approx([min(1, 1e-4 * (10 + 5000))])
    assert single.masks.shape == (1, 16, 64)
    # Red is normalised to 2.2 at the right; the decoder sees the square, whose lower half is
    # padding.
    assert single.masks[0, 0, 40:].all()
    assert not single.masks[0, 0, :30].any()


def test_a_mask_prompt_is_flagged(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    box = prompt_of((2, 4, 6, 8), None)
    logits = np.full((256, 256), 3, np.float32)
    found = segmenter.predict(
        Prompt(points=box.points, point_labels=box.point_labels, box=box.box, mask_logits=logits),
        False,
    )
    assert (found.low_logits == 4).all()


def test_decoders_of_one_mask(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path, masks=1)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    for multimask in (True, False):
        assert segmenter.predict(prompt_of(None, (1, 1)), multimask).masks.shape == (1, 16, 64)


def test_other_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"encoder\.onnx: missing; the onnx back end needs"):
        OnnxSegmenter(tmp_path)
    write_encoder(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes(b"nothing")
    with pytest.raises(ArtifactError, match=r"decoder\.onnx: not a model"):
        OnnxSegmenter(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes((tmp_path / "encoder.onnx").read_bytes())
    with pytest.raises(ArtifactError, match=r"decoder\.onnx: takes pixels and gives embedding"):
        OnnxSegmenter(tmp_path)


def test_the_choice_of_a_back_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert open_segmenter().name == "classical"
    assert "no weights were given" in capsys.readouterr().out
    write_encoder(tmp_path)
    write_decoder(tmp_path)
    onnx_segmenter = open_segmenter(name="onnx", weights=tmp_path)
    assert onnx_segmenter.name == "onnx"
    assert "SAM-assisted, not fully unsupervised" in capsys.readouterr().out
    assert worker_processes(onnx_segmenter, 4) == 1
    assert worker_processes(open_segmenter(name="classical"), 4) == 4
    with pytest.raises(ConfigError, match="onnx needs weights"):
        open_segmenter(name="onnx")
    with pytest.raises(ConfigError, match="'magic' is none of classical, sam, onnx"):
        open_segmenter(name="magic")
