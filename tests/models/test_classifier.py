"""The classifiers' poolings (method 9.2)."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, seed_everything, to_numpy
from pass_ops.models.classifier import Classifier

IMAGES = np.random.default_rng(0).normal(size=(8, 3, 32, 32)).astype(np.float32)


@pytest.mark.parametrize("pooling", ["plain", "attention"])
def test_one_linear_layer_classifies_the_pooled_features(
    pooling: str, tiny_network: NetworkConfig
) -> None:
    seed_everything(31)
    network = Classifier(tiny_network, 6, pooling)
    network.eval()
    pixels = jt.array(IMAGES)
    pooled = (
        to_numpy(network.backbone(pixels)[3]).mean((2, 3))
        if pooling == "plain"
        else to_numpy(network.describe(pixels))
    )
    weight, bias = to_numpy(network.classifier.weight), to_numpy(network.classifier.bias)
    logits = to_numpy(network(pixels))
    assert logits.shape == (8, 6)
    np.testing.assert_allclose(logits, pooled @ weight.T + bias, rtol=1e-3, atol=1e-5)
