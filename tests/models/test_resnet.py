"""Backbones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, seed_everything, to_numpy
from pass_ops.models.resnet import TOPOLOGIES, ResNet

TINY = np.random.default_rng(0).normal(size=(2, 3, 64, 96)).astype(np.float32)


@pytest.mark.parametrize(
    ("stride", "sizes"), [(32, (4, 8, 16, 32)), (16, (4, 8, 16, 16)), (8, (4, 8, 8, 8))]
)
def test_stages_halve_the_map_until_the_output_stride(stride: int, sizes: tuple[int, ...]) -> None:
    backbone = ResNet("resnet10", 4, stride)
    backbone.eval()
    with jt.no_grad():
        shapes = [tuple(stage.shape) for stage in backbone(jt.array(TINY))]
    assert shapes == [(2, 4 * 2**i, 64 // size, 96 // size) for i, size in enumerate(sizes)]


def test_channels_are_those_of_the_paper() -> None:
    assert ResNet("resnet18").channels == (64, 128, 256, 512)
    assert ResNet("resnet50").channels == (256, 512, 1024, 2048)


@pytest.mark.parametrize("arch", TOPOLOGIES)
def test_settings_know_how_long_a_descriptor_will_be(arch: str) -> None:
    settings = NetworkConfig(arch=arch, width=4)
    assert settings.descriptor_length == ResNet(arch, settings.width).channels[-1]


def test_parameters_are_named_as_torchvision_names_them() -> None:
    names = {name: tuple(value.shape) for name, value in ResNet("resnet18").named_parameters()}
    # ResNet-18 has 20 convolutions and 20 BatchNorms of four vectors each.
    assert len(names) == 20 + 20 * 4
    assert names["conv1.weight"] == (64, 3, 7, 7)
    assert names["layer1.0.conv1.weight"] == (64, 64, 3, 3)
    assert names["layer2.0.downsample.0.weight"] == (128, 64, 1, 1)
    assert names["layer4.1.bn2.running_mean"] == (512,)
    assert "layer1.0.downsample.0.weight" not in names
    wide = {name: tuple(value.shape) for name, value in ResNet("resnet50").named_parameters()}
    assert len(wide) == 53 + 53 * 4
    assert wide["layer1.0.downsample.0.weight"] == (256, 64, 1, 1)
    assert wide["layer4.2.conv3.weight"] == (2048, 512, 1, 1)


def test_initial_weights_have_the_fan_out_of_kaiming() -> None:
    seed_everything(0)
    parameters = dict(ResNet("resnet10", 32).named_parameters())
    for name, fan_out in (("conv1.weight", 32 * 49), ("layer3.0.conv2.weight", 128 * 9)):
        assert to_numpy(parameters[name]).std() == pytest.approx(math.sqrt(2 / fan_out), rel=0.05)
    assert set(parameters["layer2.0.bn2.weight"].numpy()) == {1.0}
    assert set(parameters["layer2.0.bn2.bias"].numpy()) == {0.0}


def test_the_stem_keeps_the_usual_geometry() -> None:
    """Total padding 3, stride 2: output column 0 sees input columns −3 to 3."""
    backbone = ResNet("resnet10", 4)
    image = np.zeros((1, 3, 32, 32), np.float32)
    image[:, :, 3, 3] = 1
    stem = to_numpy(backbone.conv1(jt.array(image)))
    assert stem.shape == (1, 4, 16, 16)
    ys, xs = np.nonzero(np.abs(stem).sum((0, 1)))
    assert (ys.min(), ys.max(), xs.min(), xs.max()) == (0, 3, 0, 3)
