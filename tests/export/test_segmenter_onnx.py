"""A segmenter as an ONNX model: the numbers of Jittor's network, at any size and batch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.data.decode import decode_image
from pass_ops.data.transforms.normalise import normalise
from pass_ops.export.onnx_graph import IR_VERSION, OPSET
from pass_ops.export.segmenter_onnx import segmenter_onnx
from tests.conftest import PHOTOGRAPHS
from tests.export.networks import drawn_segmenter

TOLERANCE = 1e-4


def difference(network: NetworkConfig, inputs: list[NDArray[np.float32]], skips: int = 0) -> float:
    """Largest difference of logits between Jittor and ONNX Runtime, over the largest logit; the
    labels are the same wherever two logits are further apart than that.
    """
    from pass_ops.engine.jittor import jt, to_numpy
    from pass_ops.models.segmenter import Segmenter
    from pass_ops.models.weights import fill

    arrays, card = drawn_segmenter(network, 7, skips)
    module = Segmenter(network, card.classes, skips)
    fill(module=module, arrays=arrays, source=Path("drawn"))
    module.eval()
    session = onnxruntime.InferenceSession(segmenter_onnx(arrays, card).SerializeToString())
    largest = 0.0
    for images in inputs:
        (ours,) = session.run(None, {"images": images})
        with jt.no_grad():
            theirs = to_numpy(module(jt.array(images)))
        assert ours.shape == theirs.shape
        np.testing.assert_array_equal(ours.argmax(axis=1), theirs.argmax(axis=1))
        largest = max(largest, float(np.abs(ours - theirs).max()))
    return largest


def photographs(folder: Path, number: int) -> list[NDArray[np.float32]]:
    """The first images of a folder, normalised, at their own sizes."""
    paths = sorted(folder.glob("*/*/*.[jJ][pP]*"))[:number]
    assert len(paths) == number
    return [normalise([decode_image(path.read_bytes(), path.name)]) for path in paths]


@pytest.mark.parametrize("skips", [0, 2])
def test_the_numbers_are_those_of_jittor_at_any_size_and_batch(
    tiny_network: NetworkConfig, real_data: Path, skips: int
) -> None:
    noise = np.random.default_rng(0).normal(size=(3, 3, 37, 50)).astype(np.float32)
    inputs = [noise, noise[:1, :, :32, :32], *photographs(real_data, 2)]
    assert difference(tiny_network, inputs, skips) < TOLERANCE


@pytest.mark.slow
def test_fifty_photographs_get_the_same_labels() -> None:
    if not PHOTOGRAPHS.is_dir():
        pytest.skip(f"{PHOTOGRAPHS} is absent")
    network = NetworkConfig(arch="resnet18", output_stride=16)
    assert difference(network, photographs(PHOTOGRAPHS, 50)) < TOLERANCE


@pytest.mark.slow
def test_bottlenecks_and_dilation_are_exported_too() -> None:
    noise = np.random.default_rng(0).normal(size=(1, 3, 33, 65)).astype(np.float32)
    for stride in (8, 32):
        network = NetworkConfig(arch="resnet50", width=4, output_stride=stride)
        assert difference(network, [noise]) < TOLERANCE


@pytest.mark.parametrize("stride", [8, 16, 32])
@pytest.mark.parametrize("arch", ["resnet18", "resnet50"])
def test_the_output_is_as_much_smaller_as_the_network_says(arch: str, stride: int) -> None:
    arrays, card = drawn_segmenter(NetworkConfig(arch=arch, width=2, output_stride=stride), 3)
    session = onnxruntime.InferenceSession(segmenter_onnx(arrays, card).SerializeToString())
    images = np.zeros((2, 3, 64, 96), np.float32)
    assert session.run(None, {"images": images})[0].shape == (2, 3, 64 // stride, 96 // stride)


def test_the_model_is_of_an_opset_that_older_runtimes_read(exported_model: Path) -> None:
    model = onnx.load(exported_model / "segmenter.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert (model.opset_import[0].version, model.ir_version) == (OPSET, IR_VERSION) == (17, 8)
    sizes = [
        [one.dim_param or one.dim_value for one in port.type.tensor_type.shape.dim]
        for port in (*model.graph.input, *model.graph.output)
    ]
    assert sizes == [["batch", 3, "height", "width"], ["batch", 7, "rows", "columns"]]
