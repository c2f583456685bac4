"""COCO's run-length code."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from pass_ops.pseudo_labels.run_length import decode, encode

MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=40))


@given(MASKS)
def test_round_trip(mask: NDArray[np.bool_]) -> None:
    np.testing.assert_array_equal(decode(encode(mask), *mask.shape), mask)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_round_trip_of_large_smooth_masks(height: int, width: int, seed: int) -> None:
    y, x, radius = np.random.default_rng(seed).uniform(0, 300, 3)
    rows, columns = np.ogrid[:height, :width]
    mask = (rows - y) ** 2 + (columns - x) ** 2 < radius**2
    np.testing.assert_array_equal(decode(encode(mask), height, width), mask)


def test_codes_of_cocos_own_tools() -> None:
    # Written by pycocotools 2.0.11 for the same masks.
    small = np.zeros((5, 7), bool)
    small[1:4, 2:6] = small[0, 0] = True
    assert encode(small) == "01:2H000004"
    large = np.zeros((80, 60), bool)
    large[10:70, 20:24] = large[5, 3] = True
    assert encode(large) == "e71dZ1k1PfN00000fi2"


def test_full_and_empty_masks_are_short() -> None:
    assert len(encode(np.zeros((300, 400), bool))) < 6
    assert len(encode(np.ones((300, 400), bool))) < 6


@pytest.mark.parametrize("code", ["", "5", "0!1", "01:2H00000", "Z"])
def test_broken_codes_are_refused(code: str) -> None:
    with pytest.raises(ValueError, match="run-length code"):
        decode(code, 5, 7)
