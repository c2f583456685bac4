"""Small functions of several networks."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.models.functional import enlarge, global_average, l2_normalise, resize

VALUES = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype(np.float32)


def test_normalised_vectors_have_unit_length_and_their_direction() -> None:
    units = to_numpy(l2_normalise(jt.array(VALUES)))
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(
        units, VALUES / np.linalg.norm(VALUES, axis=1, keepdims=True), rtol=1e-5, atol=1e-7
    )


def test_a_zero_vector_stays_zero_with_a_finite_gradient() -> None:
    zeros = jt.zeros((1, 3))
    units = l2_normalise(zeros)
    assert to_numpy(units).tolist() == [[0, 0, 0]]
    assert np.isfinite(to_numpy(jt.grad(units.sum(), zeros))).all()


def test_the_average_is_over_positions() -> None:
    np.testing.assert_allclose(
        to_numpy(global_average(jt.array(VALUES))), VALUES.mean((2, 3)), rtol=1e-5, atol=1e-7
    )


def test_enlargement_is_bilinear_with_half_pixel_centres() -> None:
    row = jt.array(np.float32([0, 1]).reshape(1, 1, 1, 2))
    enlarged = to_numpy(enlarge(row, 4))
    assert enlarged.shape == (1, 1, 4, 8)
    expected = np.clip((np.arange(8) + 0.5) / 4 - 0.5, 0, 1)
    np.testing.assert_allclose(enlarged[0, 0, 2], expected, atol=1e-6)


@pytest.mark.parametrize("size", [(4, 5), (8, 3)])
def test_a_resized_map_has_the_size_asked_for(size: tuple[int, int]) -> None:
    resized = resize(jt.array(VALUES), size)
    assert tuple(resized.shape) == (2, 3, *size)
    if size == (4, 5):
        np.testing.assert_array_equal(to_numpy(resized), VALUES)
