"""The folder of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from safetensors.numpy import load_file

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import NAMES
from pass_ops.evaluation.report.result import Stage
from pass_ops.export.card import LICENCE, describe_run
from pass_ops.models.arrays import backbone_arrays
from pass_ops.paths import ModelPath
from pass_ops.serving.description import Description
from pass_ops.storage.kinds import form_of
from tests.evaluation.predictions import CLUSTER_TO_CLASS
from tests.export.example import PREDICTION
from tests.export.networks import drawn_segmenter, torchvision_shapes


def test_the_folder_holds_what_its_form_says(exported_model: Path) -> None:
    assert form_of(ModelPath).stranger(exported_model) == ""
    weights = exported_model.parent / "weights"
    for name in ("model.safetensors", "model.json"):
        assert (exported_model / name).read_bytes() == (weights / name).read_bytes()


def test_the_description_says_what_predictions_and_judgements_need(
    exported_model: Path, synthetic_data: Path
) -> None:
    description = Description.load(ModelPath(exported_model))
    assert description.classes == ("background", *NAMES)
    assert description.prediction == PREDICTION
    assert description.data_digest == locate(str(synthetic_data)).digest
    assert description.images["test"] == 12
    assert description.label_space == "clustering-1"
    assert description.scores["validation"].iou == pytest.approx((1.0,) * 7)
    assert description.scores["test"].metrics["miou"] == pytest.approx(1.0)
    assert (description.mean[0], description.std[0]) == (0.485, 0.229)
    assert f'"1": {CLUSTER_TO_CLASS.classes[0]}' in (exported_model / "match.json").read_text()


# Trainable parameters that torchvision documents, less those of `fc`.
@pytest.mark.parametrize(
    ("arch", "arrays", "parameters"),
    [("resnet18", 100, 11_689_512 - 513_000), ("resnet50", 265, 25_557_032 - 2_049_000)],
)
def test_the_backbone_has_torchvisions_names_and_shapes(
    arch: str, arrays: int, parameters: int
) -> None:
    shapes = torchvision_shapes(arch)
    trained = {name: shape for name, shape in shapes.items() if "running" not in name}
    assert (len(shapes), sum(int(np.prod(one)) for one in trained.values())) == (arrays, parameters)
    network = NetworkConfig(arch=arch, width=4)
    found = {
        name: values.shape
        for name, values in backbone_arrays(drawn_segmenter(network, 3)[0]).items()
    }
    assert found == torchvision_shapes(arch, 4)
    if arch == "resnet50":
        assert shapes["layer4.2.conv3.weight"] == (2048, 512, 1, 1)
        assert shapes["layer3.0.downsample.0.weight"] == (1024, 512, 1, 1)


def test_the_backbones_file_holds_the_segmenters_backbone(exported_model: Path) -> None:
    backbone = load_file(exported_model / "backbone.safetensors")
    whole = load_file(exported_model / "model.safetensors")
    assert len(backbone) == sum(name.startswith("backbone.") for name in whole)
    for name, values in backbone.items():
        np.testing.assert_array_equal(values, whole[f"backbone.{name}"])


def test_the_card_tells_people_what_the_model_is(exported_model: Path, tmp_path: Path) -> None:
    text = (exported_model / "README.md").read_text()
    assert text.startswith("# Segmenter, 6 classes, unsupervised\n")
    for part in (
        "| data set | s3://pass-data/shapes |",
        "| checkpoint chosen by | validation masks |",
        "| mIoU | 1.000 | 1.000 |",
        f"| {NAMES[2]} | 1.000 | 1.000 |",
        "commit 0123456789ab",
        "pass-ops submit --host http://… --set data_uri=s3://pass-data/shapes --set profile=smoke "
        "--set seed=31 --set compat=fixed --set mask_back_end=classical "
        "--set overrides='{\"pretrain.epochs\": 3}'",
        LICENCE,
    ):
        assert part in text
    model = tmp_path / "model"
    model.mkdir()
    (model / "description.json").write_bytes((exported_model / "description.json").read_bytes())
    stages = (Stage(name="pretrain", seconds=12.34, peak_rss_mb=812.6, cached=True),)
    describe_run(model=ModelPath(model), data="photographs", stages=stages, machine="a machine")
    text = (model / "README.md").read_text()
    assert "| data set | photographs |" in text
    assert "make run DATA=photographs PROFILE=smoke SEED=31 COMPAT=fixed MASKS=classical" in text
    assert "| pretrain | 12.3 | 813 | yes |  |" in text
    assert "On a machine. What is cached was taken from an earlier run" in text
    assert "One run: how much" in text


def test_mlflow_finds_signature_example_and_origin(exported_model: Path) -> None:
    model = yaml.safe_load((exported_model / "MLmodel").read_text())
    assert model["flavors"]["python_function"]["loader_module"] == "pass_ops.serving.mlflow_flavour"
    assert '"name": "image"' in model["signature"]["inputs"]
    assert model["saved_input_example_info"]["artifact_path"] == "input_example.json"
    metadata = model["metadata"]
    assert (metadata["commit"], metadata["masks"]) == ("0123456789ab", "classical")
    assert metadata["licence"] == LICENCE
