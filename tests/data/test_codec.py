"""The colour code of label images (method 1.4)."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image

from pass_ops.data.codec import IGNORE, MAX_ID, decode_labels, encode_labels, encode_mask

LABELS = arrays(
    np.int32, array_shapes(min_dims=2, max_dims=2, max_side=20), elements=st.integers(0, MAX_ID)
)


@pytest.mark.parametrize(
    ("number", "colour"),
    [
        (0, (0, 0, 0)),
        (1, (1, 0, 0)),
        (50, (50, 0, 0)),
        (255, (255, 0, 0)),
        (256, (0, 1, 0)),
        (919, (151, 3, 0)),
        (IGNORE, (232, 3, 0)),
        (MAX_ID, (255, 255, 0)),
    ],
)
def test_golden_colours(number: int, colour: tuple[int, int, int]) -> None:
    labels = np.full((1, 1), number, np.int32)
    assert tuple(encode_labels(labels)[0, 0]) == colour
    assert decode_labels(np.array([[colour]], np.uint8)) == labels


@given(LABELS)
def test_round_trip(labels: NDArray[np.int32]) -> None:
    colours = encode_labels(labels)
    assert colours.dtype == np.uint8
    assert colours.shape == (*labels.shape, 3)
    decoded = decode_labels(colours)
    assert decoded.dtype == np.int32
    np.testing.assert_array_equal(decoded, labels)


@given(LABELS)
def test_mask_is_an_rgb_png_of_the_colours(labels: NDArray[np.int32]) -> None:
    with Image.open(io.BytesIO(encode_mask(labels))) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        np.testing.assert_array_equal(np.asarray(image), encode_labels(labels))


@pytest.mark.parametrize("number", [-1, MAX_ID + 1])
def test_id_out_of_range(number: int) -> None:
    with pytest.raises(ValueError, match=r"outside 0\.\.65535"):
        encode_labels(np.array([[0, number]], np.int32))


def test_blue_is_no_part_of_the_code() -> None:
    with pytest.raises(ValueError, match="blue"):
        decode_labels(np.array([[[0, 0, 0], [0, 0, 1]]], np.uint8))
