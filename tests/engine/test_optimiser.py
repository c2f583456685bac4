"""Optimisers against their formulas in plain NumPy (method 3.4)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.engine.jittor import jt
from pass_ops.engine.optimiser import Optimiser

Array = NDArray[np.float64]
RATES = (0.5, 0.25, 0.1)
RNG = np.random.default_rng(0)
START = RNG.normal(size=(6, 8))
GRADIENTS = RNG.normal(size=(3, 6, 8))


def run(config: OptimiserConfig, start: Array, gradients: Array) -> Array:
    """Three steps with the given gradients, at `RATES`."""
    parameter = jt.array(start.astype(np.float32))
    optimiser = Optimiser([parameter], config)
    for gradient, rate in zip(gradients, RATES, strict=True):
        optimiser.backward((parameter * jt.array(gradient.astype(np.float32))).sum())
        optimiser.step(rate)
    return parameter.numpy().astype(np.float64)


def sgd(p: Array, gradients: Array, decay: float) -> Array:
    velocity = np.zeros_like(p)
    for gradient, rate in zip(gradients, RATES, strict=True):
        velocity = 0.9 * velocity + gradient + decay * p
        p = p - rate * velocity
    return p


def larc(p: Array, gradients: Array, decay: float) -> Array:
    velocity = np.zeros_like(p)
    for gradient, rate in zip(gradients, RATES, strict=True):
        norms = np.linalg.norm(p), np.linalg.norm(gradient)
        if min(norms) > 0:
            trust = 0.001 * norms[0] / (norms[1] + decay * norms[0] + 1e-8)
            gradient = (gradient + decay * p) * trust
        velocity = 0.9 * velocity + gradient
        p = p - rate * velocity
    return p


def adamw(p: Array, gradients: Array, decay: float) -> Array:
    mean, square = np.zeros_like(p), np.zeros_like(p)
    for step, (gradient, rate) in enumerate(zip(gradients, RATES, strict=True), start=1):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        update = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        p = p * (1 - rate * decay) - rate * update
    return p


@pytest.mark.parametrize(("name", "formula"), [("sgd", sgd), ("larc", larc), ("adamw", adamw)])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_three_steps_follow_the_formula(
    name: str, formula: Callable[..., Array], decay: float
) -> None:
    updated = run(OptimiserConfig(name=name, weight_decay=decay), START, GRADIENTS)
    np.testing.assert_allclose(updated, formula(START, GRADIENTS, decay), rtol=2e-5, atol=2e-6)
    assert np.abs(updated - START).max() > 1e-3


@pytest.mark.parametrize(("start", "gradients"), [(0 * START, GRADIENTS), (START, 0 * GRADIENTS)])
def test_larc_leaves_the_gradient_alone_where_a_norm_is_zero(
    start: Array, gradients: Array
) -> None:
    updated = run(OptimiserConfig(name="larc", weight_decay=0.1), start, gradients)
    np.testing.assert_allclose(updated, larc(start, gradients, 0.1), rtol=2e-5, atol=2e-6)
    assert np.isfinite(updated).all()


@pytest.mark.parametrize("name", ["sgd", "larc", "adamw"])
def test_a_gradient_scaled_to_zero_freezes_its_parameter_for_that_step(name: str) -> None:
    frozen, free = (jt.array(START.astype(np.float32)) for _ in range(2))
    optimiser = Optimiser([frozen, free], OptimiserConfig(name=name, weight_decay=0))
    gradient = jt.array(GRADIENTS[0].astype(np.float32))
    optimiser.backward(((frozen + free) * gradient).sum())
    optimiser.scale_gradient(frozen, 0.0)
    optimiser.step(0.5)
    np.testing.assert_array_equal(frozen.numpy(), START.astype(np.float32))
    assert np.abs(free.numpy() - START).max() > 1e-4
    optimiser.backward(((frozen + free) * gradient).sum())
    optimiser.step(0.5)
    assert np.abs(frozen.numpy() - START).max() > 1e-4


def test_parameters_without_gradient_are_left_out() -> None:
    statistic, weight = (
        jt.array(START.astype(np.float32)).stop_grad(),
        jt.array(START.astype(np.float32)),
    )
    optimiser = Optimiser([statistic, weight], OptimiserConfig(name="sgd", weight_decay=0.5))
    optimiser.backward((weight * weight).sum())
    optimiser.step(0.1)
    np.testing.assert_array_equal(statistic.numpy(), START.astype(np.float32))
    np.testing.assert_allclose(weight.numpy(), START * (1 - 0.1 * 2.5), rtol=1e-5, atol=1e-6)
