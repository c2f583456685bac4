"""The networks of steps 1, 2.1 and 5 (method 4.4, 5.3, 5.5, 12.2)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.network import NetworkConfig
from pass_ops.engine.jittor import jt, seed_everything, to_numpy
from pass_ops.models.features import PixelAttentionNetwork
from pass_ops.models.pretraining import PretrainingNetwork
from pass_ops.models.segmenter import Segmenter

IMAGES = np.random.default_rng(0).normal(size=(8, 3, 32, 32)).astype(np.float32)


def unit(x: NDArray[np.float32], axis: int = 1) -> NDArray[np.float32]:
    return x / np.sqrt((x * x).sum(axis, keepdims=True) + 1e-12)


@pytest.fixture
def attention_network(tiny_network: NetworkConfig) -> PixelAttentionNetwork:
    seed_everything(31)
    network = PixelAttentionNetwork(tiny_network)
    network.eval()
    return network


def test_pre_training_sees_every_view_and_two_of_them_in_detail(
    tiny_network: NetworkConfig,
) -> None:
    seed_everything(31)
    network = PretrainingNetwork(tiny_network, (2, 3))
    network.prototypes.normalise()
    views = network([jt.array(IMAGES), jt.array(IMAGES[:4])])
    assert tuple(views.embeddings.shape) == (12, 8)
    assert tuple(views.scores.shape) == (12, 6)
    assert [tuple(scores.shape) for scores in views.shallow_scores] == [(8, 6), (8, 6)]
    assert tuple(views.pixels.shape) == (8, 8, 2, 2)
    np.testing.assert_allclose(np.linalg.norm(to_numpy(views.embeddings), axis=1), 1, rtol=1e-5)
    assert np.abs(to_numpy(views.scores)).max() <= 1 + 1e-5
    # 2 views of 4 images, then 1 more of each: the first four rows of the second group are embedded
    # by themselves.
    prototypes = to_numpy(network.prototypes.weight)
    expected = to_numpy(views.embeddings) @ prototypes.T
    np.testing.assert_allclose(to_numpy(views.scores), expected, rtol=1e-4, atol=1e-5)


def test_shallow_scores_give_prototypes_no_gradient_and_deep_ones_do(
    tiny_network: NetworkConfig,
) -> None:
    network = PretrainingNetwork(tiny_network, (3,))
    views = network([jt.array(IMAGES)])
    shallow = to_numpy(
        jt.grad((views.shallow_scores[0] ** 2).sum(), network.prototypes.weight, retain_graph=True)
    )
    deep = to_numpy(jt.grad((views.scores**2).sum(), network.prototypes.weight))
    assert not shallow.any()
    assert np.abs(deep).max() > 0


def test_shallow_heads_take_the_true_number_of_channels(tiny_network: NetworkConfig) -> None:
    network = PretrainingNetwork(dataclasses.replace(tiny_network, width=8), (1, 2, 3))
    inputs = [getattr(network, f"shallow{stage}").pixel[0].weight.shape[1] for stage in (1, 2, 3)]
    assert inputs == [8, 16, 32]


def test_embedding_and_descriptor_pool_different_features(
    attention_network: PixelAttentionNetwork,
) -> None:
    network = attention_network
    features = network.features(jt.array(IMAGES))
    f = to_numpy(features)
    assert f.shape == (8, 32, 8, 8)
    attention = to_numpy(network.attention(features))
    assert attention.shape == f.shape
    # 5.5: descriptors pool the features as they are.
    expected = (f * attention).mean((2, 3))
    np.testing.assert_allclose(
        to_numpy(network.describe(jt.array(IMAGES))), expected, rtol=1e-3, atol=1e-6
    )
    # 5.3: embeddings pool normalised features.
    pooled = (unit(f) * attention).mean((2, 3)).astype(np.float32)
    embedded = unit(to_numpy(network.projection_head(jt.array(pooled))))
    np.testing.assert_allclose(to_numpy(network.embed(features)), embedded, rtol=1e-3, atol=1e-5)


def test_the_foreground_map_is_the_mean_attention(attention_network: PixelAttentionNetwork) -> None:
    features = attention_network.features(jt.array(IMAGES[:2]))
    foreground = to_numpy(attention_network.foreground(features))
    assert foreground.shape == (2, 1, 8, 8)
    expected = to_numpy(attention_network.attention(features)).mean(1, keepdims=True)
    np.testing.assert_allclose(foreground, expected, rtol=1e-5)
    assert 0 < foreground.min() < foreground.max() < 1


def test_attention_does_not_see_the_length_of_features(
    attention_network: PixelAttentionNetwork,
) -> None:
    features = attention_network.features(jt.array(IMAGES[:2]))
    once, twice = (to_numpy(attention_network.attention(features * factor)) for factor in (1, 2))
    np.testing.assert_allclose(once, twice, rtol=1e-3, atol=1e-5)


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
