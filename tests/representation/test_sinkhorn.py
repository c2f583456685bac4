"""Balanced codes (method 4.5)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.representation.sinkhorn import sinkhorn

Array = NDArray[np.float64]


def published(scores: Array, epsilon: float, iterations: int) -> Array:
    """The published arithmetic, line by line, in float64."""
    q = np.exp(scores / epsilon).T
    prototypes, samples = q.shape
    q /= q.sum()
    for _ in range(iterations):
        q /= q.sum(axis=1, keepdims=True)
        q /= prototypes
        q /= q.sum(axis=0, keepdims=True)
        q /= samples
    return (q * samples).T


def codes(scores: Array, epsilon: float = 0.05, iterations: int = 3) -> NDArray[np.float32]:
    return to_numpy(sinkhorn(jt.array(scores.astype(np.float32)), epsilon, iterations))


def cosines(samples: int, prototypes: int, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    embeddings, rows = rng.normal(size=(samples, 16)), rng.normal(size=(prototypes, 16))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    return embeddings @ (rows / np.linalg.norm(rows, axis=1, keepdims=True)).T


def test_golden_codes() -> None:
    scores = np.array([[0.9, 0.1, 0], [0.8, 0.2, 0.1], [0.1, 0.7, 0.2], [0, 0.3, 0.6]])
    golden = [[0.9999, 0, 0], [0.9970, 0.0015, 0.0015], [0, 0.9997, 0.0003], [0, 0.0003, 0.9997]]
    np.testing.assert_allclose(codes(scores), golden, atol=1e-4)


@pytest.mark.parametrize(("epsilon", "iterations"), [(0.05, 3), (0.03, 3), (0.5, 1)])
def test_codes_follow_the_published_arithmetic(epsilon: float, iterations: int) -> None:
    scores = cosines(40, 6)
    np.testing.assert_allclose(
        codes(scores, epsilon, iterations),
        published(scores, epsilon, iterations),
        rtol=2e-3,
        atol=1e-6,
    )


def test_every_code_sums_to_1_and_prototypes_are_used_evenly() -> None:
    balanced = codes(cosines(200, 10))
    np.testing.assert_allclose(balanced.sum(axis=1), 1, rtol=1e-5)
    assert (balanced >= 0).all()
    np.testing.assert_allclose(codes(cosines(200, 10), iterations=50).sum(axis=0), 20, rtol=0.05)


def test_a_smaller_epsilon_sharpens() -> None:
    largest = [codes(cosines(50, 6), epsilon).max(axis=1).mean() for epsilon in (0.02, 0.05, 0.5)]
    assert largest == sorted(largest, reverse=True)


@pytest.mark.parametrize("epsilon", [0.05, 0.02, 0.01])
def test_codes_stay_finite_where_a_prototype_is_opposite_to_all_samples(epsilon: float) -> None:
    scores = np.column_stack([np.full(5, 0.95), np.full(5, -0.95), np.linspace(0.9, 1, 5)])
    balanced = codes(scores, epsilon)
    assert np.isfinite(balanced).all()
    np.testing.assert_allclose(balanced, published(scores, epsilon, 3), rtol=2e-3, atol=1e-5)


def test_codes_carry_no_gradient() -> None:
    scores = jt.array(cosines(8, 6).astype(np.float32))
    assert not to_numpy(jt.grad((sinkhorn(scores, 0.05, 3) * scores.detach()).sum(), scores)).any()
