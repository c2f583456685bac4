"""Values of tensors: float32, finite, named where they are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError
from pass_ops.models.files.tensors import BFLOAT16, to_float32


def bfloat16(values: Any) -> NDArray[Any]:
    """The upper halves of float32 values."""
    halves = np.asarray(values, "<f4").view("<u4") >> 16
    return halves.astype("<u2").view(BFLOAT16)


def refusal(values: NDArray[Any], name: str = "layer.weight") -> str:
    with pytest.raises(ArtifactError) as caught:
        to_float32({"good": np.zeros(3, np.float32), name: values}, Path("file.pth"))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"file.pth: {name} holds ")
    return str(caught.value)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f2", ">f2", "<f8", ">f8"])
def test_floating_point_numbers_of_any_width_and_order_keep_their_values(dtype: str) -> None:
    values = np.array([[1.5, -2.0], [0.25, 65504.0]]).astype(dtype)
    (converted,) = to_float32({"a": values}, "file").values()
    assert converted.dtype == np.dtype(np.float32)
    np.testing.assert_array_equal(converted, [[1.5, -2.0], [0.25, 65504.0]])


@given(st.integers(0, 2**16 - 1))
def test_every_finite_bfloat16_is_the_upper_half_of_a_float32(half: int) -> None:
    expected = np.array([half << 16], np.uint32).view(np.float32)
    if np.isfinite(expected).all():
        for order in ("<", ">"):
            stored = np.array([half], "<u2").view(BFLOAT16).astype(BFLOAT16.newbyteorder(order))
            np.testing.assert_array_equal(to_float32({"a": stored}, "file")["a"], expected)
    else:
        refusal(np.array([half], "<u2").view(BFLOAT16))


def test_a_single_number_keeps_its_shape() -> None:
    arrays = to_float32({"a": np.array(2.0), "b": bfloat16(3.0)}, "file")
    assert {name: (value.shape, float(value)) for name, value in arrays.items()} == {
        "a": ((), 2.0),
        "b": ((), 3.0),
    }


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_counted_and_their_tensor_named(value: float) -> None:
    values = np.ones((4, 3), np.float32)
    values[1, 2] = values[3, 0] = value
    for given_values in (values, values.astype(">f8"), bfloat16(values)):
        assert "2 of 12 values that are NaN or infinite; give weights" in refusal(given_values)


def test_overflow_is_explained_by_the_width_of_the_numbers() -> None:
    half = np.array([1.0, np.inf], np.float16)
    assert "1 of 2 values that are NaN or infinite (half precision ends at 65504)" in refusal(half)
    assert "infinite (too large for float32)" in refusal(np.array([1.0, 1e300]))
    assert "infinite; give" in refusal(np.array([1.0, np.nan]))


@pytest.mark.parametrize("dtype", ["<i8", "u1", "?", "c8"])
def test_numbers_that_are_not_floating_point_are_refused(dtype: str) -> None:
    assert f"holds {np.dtype(dtype).name} numbers" in refusal(np.zeros(2, dtype))


def test_variances_below_zero_are_refused() -> None:
    assert "variances below 0" in refusal(np.float32([1, -1e-3]), "bn1.running_var")
    to_float32({"bn1.running_mean": np.float32([-1]), "empty.running_var": np.zeros(0)}, "file")
