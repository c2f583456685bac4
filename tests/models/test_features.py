"""Features, attention and the embeddings of step 2.1 (method 5.3, 5.5)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, seed_everything, to_numpy
from pass_ops.errors import ArtifactError
from pass_ops.models.features import PixelAttentionNetwork, load_backbone
from pass_ops.models.weights import arrays_of, load_arrays, load_card, save_weights

IMAGES = np.random.default_rng(0).normal(size=(8, 3, 32, 32)).astype(np.float32)


def unit(x: NDArray[np.float32], axis: int = 1) -> NDArray[np.float32]:
    return x / np.sqrt((x * x).sum(axis, keepdims=True) + 1e-12)


@pytest.fixture
def attention_network(tiny_network: NetworkConfig) -> PixelAttentionNetwork:
    seed_everything(31)
    network = PixelAttentionNetwork(tiny_network)
    network.eval()
    return network


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


def test_a_backbone_is_read_from_the_weights_of_any_stage(
    pretrained: Path, attention_weights: Path
) -> None:
    for folder in (pretrained / "last", attention_weights):
        backbone = load_backbone(folder)
        assert not backbone.is_training()
        arrays, read = load_arrays(folder), arrays_of(backbone)
        assert len(read) == sum(name.startswith("backbone.") for name in arrays)
        for name, values in read.items():
            np.testing.assert_array_equal(values, arrays[f"backbone.{name}"], err_msg=name)


def test_weights_without_backbone_are_refused(pretrained: Path, tmp_path: Path) -> None:
    arrays = {"fbg.offset": np.zeros(1, np.float32)}
    save_weights(tmp_path / "weights", arrays, load_card(pretrained / "last"))
    with pytest.raises(ArtifactError, match=r"weights holds weights of another network: missing: "):
        load_backbone(tmp_path / "weights")
