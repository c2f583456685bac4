"""Pixel cross-entropy against plain NumPy (method 12.3)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.data.codec import UNCERTAIN
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.models.functional import resize
from pass_ops.segmentation.loss import pixel_cross_entropy

RNG = np.random.default_rng(0)


def cross_entropy(logits: NDArray[np.float32], labels: NDArray[np.int32]) -> float:
    x = logits.astype(np.float64)
    log_softmax = x - x.max(1, keepdims=True)
    log_softmax -= np.log(np.exp(log_softmax).sum(1, keepdims=True))
    return float(-np.take_along_axis(log_softmax, labels[:, None], axis=1).mean())


def test_every_pixel_counts_alike_background_included() -> None:
    logits = RNG.normal(size=(3, 7, 4, 6)).astype(np.float32)
    labels = RNG.integers(0, 7, (3, 4, 6)).astype(np.int32)
    labels[0] = 0
    loss = pixel_cross_entropy(jt.array(logits), jt.array(labels), jt.ones(len(labels)))
    assert float(loss.item()) == pytest.approx(cross_entropy(logits, labels), rel=1e-5)


def test_logits_are_enlarged_to_the_labels() -> None:
    logits = RNG.normal(size=(2, 7, 2, 3)).astype(np.float32)
    labels = RNG.integers(0, 7, (2, 8, 12)).astype(np.int32)
    enlarged = to_numpy(resize(jt.array(logits), (8, 12)))
    loss = pixel_cross_entropy(jt.array(logits), jt.array(labels), jt.ones(len(labels)))
    assert float(loss.item()) == pytest.approx(cross_entropy(enlarged, labels), rel=1e-5)


def test_even_logits_cost_the_logarithm_of_the_classes() -> None:
    labels = RNG.integers(0, 51, (2, 112, 112)).astype(np.int32)
    loss = pixel_cross_entropy(jt.zeros((2, 51, 7, 7)), jt.array(labels), jt.ones(2))
    assert float(loss.item()) == pytest.approx(np.log(51), rel=1e-5)


def test_the_gradient_is_that_of_softmax() -> None:
    logits = jt.array(RNG.normal(size=(1, 7, 2, 2)).astype(np.float32))
    labels = RNG.integers(0, 7, (1, 2, 2)).astype(np.int32)
    gradient = to_numpy(jt.grad(pixel_cross_entropy(logits, jt.array(labels), jt.ones(1)), logits))
    x = np.exp(to_numpy(logits))
    expected = (x / x.sum(1, keepdims=True) - np.eye(7)[labels].transpose(0, 3, 1, 2)) / 4
    np.testing.assert_allclose(gradient, expected, atol=1e-6)


def test_ignored_pixels_and_light_images_count_less() -> None:
    logits = RNG.normal(size=(3, 7, 4, 6)).astype(np.float32)
    labels = RNG.integers(0, 7, (3, 4, 6)).astype(np.int32)
    labels[0, :2], labels[2] = UNCERTAIN, UNCERTAIN
    loss = pixel_cross_entropy(
        jt.array(logits), jt.array(labels), jt.array(np.float32([0.5, 1, 1]))
    )
    first = cross_entropy(logits[:1, :, 2:], labels[:1, 2:])
    second = cross_entropy(logits[1:2], labels[1:2])
    assert float(loss.item()) == pytest.approx(
        (0.5 * 12 * first + 24 * second) / (0.5 * 12 + 24), rel=1e-5
    )


def test_a_batch_without_a_counted_pixel_costs_nothing_and_moves_nothing() -> None:
    logits = jt.array(RNG.normal(size=(2, 7, 2, 2)).astype(np.float32))
    labels = jt.array(np.full((2, 4, 4), UNCERTAIN, np.int32))
    loss = pixel_cross_entropy(logits, labels, jt.ones(2))
    assert float(loss.item()) == 0
    assert not to_numpy(jt.grad(loss, logits)).any()
