"""Sampling grids over the overlap of two crops (method 4.3)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.data.transforms.views import Crop
from pass_ops.representation.overlap import overlap_grids, overlaps

FIRST = Crop(left=0, top=0, width=100, height=100)
SECOND = Crop(left=50, top=50, width=100, height=100)
crops = st.builds(
    Crop,
    left=st.integers(0, 60),
    top=st.integers(0, 60),
    width=st.integers(1, 60),
    height=st.integers(1, 60),
    flipped=st.booleans(),
)


def in_image(grid: np.ndarray, crop: Crop) -> np.ndarray:
    """Lattice points [g, g, 2] in pixels of the image."""
    u, v = (grid[..., 0] + 1) / 2, (grid[..., 1] + 1) / 2
    if crop.flipped:
        u = 1 - u
    return np.stack([crop.left + u * crop.width, crop.top + v * crop.height], axis=-1)


def test_golden_lattice_without_flips() -> None:
    first, second = overlap_grids(FIRST, SECOND, 7)
    golden = np.array([0.5, 0.5833, 0.6667, 0.75, 0.8333, 0.9167, 1.0])
    for row in range(7):
        np.testing.assert_allclose((first[row, :, 0] + 1) / 2, golden, atol=5e-5)
        np.testing.assert_allclose((first[:, row, 1] + 1) / 2, golden, atol=5e-5)
        np.testing.assert_allclose(second[row, :, 0], np.linspace(-1, 0, 7), atol=1e-6)
        np.testing.assert_allclose(second[:, row, 1], np.linspace(-1, 0, 7), atol=1e-6)


def test_golden_lattice_with_flips() -> None:
    first, second = overlap_grids(FIRST, replace(SECOND, flipped=True), 7)
    np.testing.assert_allclose(first[3, :, 0], np.linspace(0, 1, 7), atol=1e-6)
    np.testing.assert_allclose(second[3, :, 0], np.linspace(1, 0, 7), atol=1e-6)
    np.testing.assert_allclose(second[:, 3, 1], np.linspace(-1, 0, 7), atol=1e-6)
    mirrored, _ = overlap_grids(replace(FIRST, flipped=True), SECOND, 7)
    np.testing.assert_allclose(mirrored[3, :, 0], np.linspace(0, -1, 7), atol=1e-6)


@pytest.mark.parametrize(
    "other",
    [
        Crop(left=0, top=100, width=50, height=50),
        Crop(left=100, top=0, width=50, height=50),
        Crop(left=200, top=200, width=5, height=5),
    ],
)
def test_disjoint_crops_and_those_that_only_touch_lie_outside(other: Crop) -> None:
    grids = overlap_grids(FIRST, other, 7)
    for grid in grids:
        assert set(grid.ravel()) == {-2.0}
        assert not overlaps(grid)


@given(crops, crops, st.integers(2, 7))
def test_both_lattices_name_the_same_points_of_the_image(
    first: Crop, second: Crop, points: int
) -> None:
    grids = overlap_grids(first, second, points)
    assert grids[0].shape == grids[1].shape == (points, points, 2)
    assert grids[0].dtype == grids[1].dtype == np.float32
    left, top = max(first.left, second.left), max(first.top, second.top)
    right = min(first.left + first.width, second.left + second.width)
    bottom = min(first.top + first.height, second.top + second.height)
    if left >= right or top >= bottom:
        assert not overlaps(grids[0])
        return
    assert overlaps(grids[0])
    assert overlaps(grids[1])
    assert max(np.abs(grid).max() for grid in grids) <= 1 + 1e-6
    here, there = in_image(grids[0], first), in_image(grids[1], second)
    np.testing.assert_allclose(here, there, atol=1e-4)
    # From edge to edge, columns from left to right, rows from top to bottom.
    np.testing.assert_allclose(here[0, 0], (left, top), atol=1e-4)
    np.testing.assert_allclose(here[-1, -1], (right, bottom), atol=1e-4)
    np.testing.assert_allclose(here[0, -1], (right, top), atol=1e-4)
