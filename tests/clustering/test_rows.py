"""Unit rows, and distances between rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.clustering.rows import squared_distances, squared_norms, unit_rows


def test_unit_rows_and_squared_distances_by_hand() -> None:
    rows = unit_rows(np.float32([[3, 4], [0, 0]]))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 0]], atol=1e-6)
    np.testing.assert_allclose(
        squared_distances(rows, np.float32([[0, 0.8], [1, 0]])), [[0.36, 0.8], [0.64, 1]], atol=1e-6
    )


@pytest.mark.parametrize("epsilon", [1e-12, 1e-8])
def test_a_row_of_zeros_stays_one(epsilon: float) -> None:
    np.testing.assert_array_equal(unit_rows(np.zeros((2, 3), np.float32), epsilon), 0)


def test_norms_that_are_known_are_not_taken_again() -> None:
    rows = np.float32([[3, 4]])
    np.testing.assert_allclose(unit_rows(rows, norms=np.float32([10])), [[0.3, 0.4]], rtol=1e-6)
    np.testing.assert_allclose(
        unit_rows(rows, norms=np.sqrt(squared_norms(rows))), [[0.6, 0.8]], rtol=1e-6
    )


@given(st.integers(0, 99), st.floats(1e-3, 1e3))
def test_the_epsilon_changes_no_norm_of_any_size(seed: int, scale: float) -> None:
    rows = (np.random.default_rng(seed).normal(size=(5, 8)) * scale).astype(np.float32)
    plain = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_array_equal(unit_rows(rows), plain)
    assert unit_rows(rows).dtype == np.float32
