"""The segmentation network (method 12.2)."""

from __future__ import annotations

import numpy as np

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt
from pass_ops.models.segmenter import Segmenter

IMAGES = np.random.default_rng(0).normal(size=(8, 3, 32, 32)).astype(np.float32)


def test_the_segmenter_has_a_logit_map_per_class_at_the_output_stride(
    tiny_network: NetworkConfig,
) -> None:
    network = Segmenter(tiny_network, 7)
    assert tuple(network(jt.array(IMAGES)).shape) == (8, 7, 2, 2)
    shapes = {
        name: tuple(value.shape)
        for name, value in network.head.named_parameters()
        if "running" not in name
    }
    assert shapes["conv1.0.weight"] == (128, 32, 3, 3)
    assert shapes["conv2.0.weight"] == (128, 128, 3, 3)
    assert shapes["conv3.0.weight"] == (128, 160, 3, 3)
    assert shapes["classifier.weight"] == (7, 128, 1, 1)
    assert shapes["classifier.bias"] == (7,)
    assert not [name for name in shapes if name.endswith("0.bias")]
