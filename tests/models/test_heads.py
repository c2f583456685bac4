"""Projection, prediction and attention heads (method 3.2)."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.engine.jittor import jt, nn, to_numpy
from pass_ops.models.heads import (
    PixelAttention,
    PixelPredictor,
    PixelProjection,
    Projection,
    Prototypes,
)


def shapes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """Weights and biases by name."""
    return {
        name: tuple(value.shape)
        for name, value in module.named_parameters()
        if "running" not in name
    }


def test_heads_have_the_layers_of_the_table() -> None:
    assert shapes(Projection(16, 8, 4)) == {
        "0.weight": (8, 16),
        "0.bias": (8,),
        "1.weight": (8,),
        "1.bias": (8,),
        "3.weight": (4, 8),
        "3.bias": (4,),
    }
    assert shapes(PixelProjection(16, 8, 4)) == {
        "0.weight": (8, 16, 1, 1),
        "1.weight": (8,),
        "1.bias": (8,),
        "3.weight": (8, 8, 1, 1),
        "4.weight": (8,),
        "4.bias": (8,),
        "6.weight": (4, 8, 1, 1),
    }
    assert shapes(PixelPredictor(4)) == {
        "0.weight": (4, 4, 1, 1),
        "1.weight": (4,),
        "1.bias": (4,),
        "3.weight": (4, 4, 1, 1),
        "3.bias": (4,),
    }
    assert shapes(PixelAttention(4)) == {
        "layers.0.weight": (4, 4, 1, 1),
        "layers.0.bias": (4,),
        "layers.1.weight": (4,),
        "layers.1.bias": (4,),
        "layers.3.weight": (4, 4, 1, 1),
        "layers.3.bias": (4,),
        "layers.4.weight": (4,),
        "layers.4.bias": (4,),
        "offset": (1, 4, 1, 1),
    }


def test_the_last_batch_norm_gives_zero_mean_and_unit_variance() -> None:
    vectors = np.random.default_rng(0).normal(size=(64, 16)).astype(np.float32)
    projected = to_numpy(Projection(16, 8, 4)(jt.array(vectors)))
    np.testing.assert_allclose(projected.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(projected.std(0), 1, atol=1e-3)


def test_attention_lies_between_0_and_1_and_its_offset_learns() -> None:
    attention = PixelAttention(4)
    maps = attention(
        jt.array(np.random.default_rng(0).normal(size=(2, 4, 3, 3)).astype(np.float32))
    )
    values = to_numpy(maps)
    assert values.shape == (2, 4, 3, 3)
    assert 0 < values.min() < 0.5 < values.max() < 1
    assert set(to_numpy(attention.offset).ravel()) == {0.0}
    assert np.abs(to_numpy(jt.grad(maps.sum(), attention.offset))).min() > 0


def test_prototypes_score_by_inner_product_and_come_back_to_unit_length() -> None:
    prototypes = Prototypes(4, 6)
    prototypes.weight.update(prototypes.weight * 3)
    before = to_numpy(prototypes.weight)
    prototypes.normalise()
    after = to_numpy(prototypes.weight)
    np.testing.assert_allclose(
        after, before / np.linalg.norm(before, axis=1, keepdims=True), rtol=1e-5
    )
    embeddings = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    scores = prototypes(jt.array(embeddings))
    np.testing.assert_allclose(to_numpy(scores), embeddings @ after.T, rtol=1e-4, atol=1e-6)
    # They still learn.
    gradient = to_numpy(jt.grad(scores.sum(), prototypes.weight))
    np.testing.assert_allclose(gradient, np.tile(embeddings.sum(0), (6, 1)), rtol=1e-4, atol=1e-6)


def test_prototypes_have_no_bias() -> None:
    assert shapes(Prototypes(4, 6)) == {"weight": (6, 4)}


@pytest.mark.parametrize("value", [0.0, 1e-3])
def test_a_vanished_prototype_stays_finite(value: float) -> None:
    prototypes = Prototypes(4, 2)
    prototypes.weight.update(jt.ones((2, 4)) * value)
    prototypes.normalise()
    assert np.isfinite(to_numpy(prototypes.weight)).all()
