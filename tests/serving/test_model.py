"""An exported model labels images as the pipeline's predictions do; other files are refused."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.decode import decode_image
from pass_ops.data.transforms.scales import Scales
from pass_ops.errors import PassError
from pass_ops.serving.description import Description
from pass_ops.serving.model import Model
from tests.evaluation.predictions import CLUSTER_TO_CLASS

SETTINGS = (
    PredictionConfig(sizes=(48, 64), max_resolution=120),
    PredictionConfig(sizes=(64,), flip=False),
    PredictionConfig(sizes=(48, 56, 64), compat="reference"),
)


@pytest.fixture
def copy(exported_model: Path, tmp_path: Path) -> Path:
    """A model that a test may change."""
    return Path(shutil.copytree(exported_model, tmp_path / "model"))


def photographs(folder: Path, number: int) -> list[NDArray[np.uint8]]:
    paths = sorted(folder.glob("test/*/*.[jJ][pP]*"))[:number]
    return [decode_image(path.read_bytes(), path.name) for path in paths]


@pytest.mark.parametrize("config", SETTINGS, ids=["fixed", "one size", "reference"])
def test_labels_are_those_of_the_pipelines_predictions(
    config: PredictionConfig, copy: Path, real_data: Path
) -> None:
    from pass_ops.models.segmenter import load_segmenter
    from pass_ops.segmentation.predict import predict_image

    dataclasses.replace(Description.load(copy), prediction=config).save(copy)
    model, (network, _) = Model(copy), load_segmenter(copy)
    for image in photographs(real_data, 3):
        (labels,) = model.label([image])
        scaled = Scales(config.sides, config.compat)(image)
        clusters = predict_image(network, scaled, config)
        assert (labels.shape, labels.dtype) == (clusters.shape, np.int32)
        # Where two probabilities are equal to seven digits, the two programs may differ.
        assert (labels == CLUSTER_TO_CLASS.apply(clusters)).mean() > 0.9999


def test_images_of_one_size_may_go_together(exported_model: Path) -> None:
    images = list(np.random.default_rng(0).integers(0, 256, (3, 50, 70, 3), np.uint8))
    model = Model(exported_model)
    together = model.label(images)
    for image, labels in zip(images, together, strict=True):
        assert (labels == model.label([image])[0]).mean() > 0.999


def test_nothing_that_labels_images_imports_jittor(exported_model: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; import pass_ops.serving.mlflow_flavour as m; "
        "m._load_pyfunc(sys.argv[1]); print('jittor' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(exported_model)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


def other_opset(folder: Path) -> None:
    model = onnx.load(folder / "segmenter.onnx")
    model.opset_import[0].version = 999
    (folder / "segmenter.onnx").write_bytes(model.SerializeToString())


def other_format(folder: Path) -> None:
    model = onnx.load(folder / "segmenter.onnx")
    model.ir_version = 999
    (folder / "segmenter.onnx").write_bytes(model.SerializeToString())


def broken(folder: Path) -> None:
    (folder / "segmenter.onnx").write_text("none")


def other_signature(folder: Path) -> None:
    values = [onnx.helper.make_tensor_value_info(name, 1, [1, 3]) for name in ("x", "y")]
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "other", values[:1], values[1:])
    opset = onnx.helper.make_opsetid("", 17)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)
    (folder / "segmenter.onnx").write_bytes(model.SerializeToString())


def more_classes(folder: Path) -> None:
    values = json.loads((folder / "description.json").read_text())
    values["classes"].append("another")
    (folder / "description.json").write_text(json.dumps(values))


def no_permutation(folder: Path) -> None:
    (folder / "match.json").write_text('{"1": 1, "2": 1}')


def no_description(folder: Path) -> None:
    (folder / "description.json").write_text("{}")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            other_opset,
            r"segmenter.onnx: is of ONNX opset 999, ONNX Runtime .* up to \d+: export",
        ),
        (other_format, r"not a model that ONNX Runtime .* opens \(Unsupported model IR version"),
        (broken, r"not a model that ONNX Runtime .* opens \(Protobuf parsing failed.*again"),
        (other_signature, r"segmenter.onnx: takes and gives .*wanted \[N, 3, H, W\]"),
        (more_classes, "match.json has 6 classes, data set has 7"),
        (no_permutation, "match.json: is no one-to-one matching"),
        (no_description, "description.json holds no description of a model"),
    ],
)
def test_what_is_no_model_is_refused_in_one_line(spoil, message: str, copy: Path) -> None:
    spoil(copy)
    with pytest.raises(PassError, match=message) as caught:
        Model(copy)
    assert "\n" not in str(caught.value)
