"""Plain values as type hints ask for them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.config.coercion import coerce, spelling


@given(st.integers(min_value=-(2**53), max_value=2**53))
def test_integers_that_kfp_hands_over_as_floats_become_integers_again(number: int) -> None:
    coerced = coerce(int, float(number))
    assert (coerced, type(coerced)) == (number, int)


def test_lists_become_tuples_of_the_type_that_is_due() -> None:
    sides = coerce(tuple[int, ...], [8.0, 16])
    assert sides == (8, 16)
    assert {type(side) for side in sides} == {int}


def test_an_integer_serves_where_a_float_is_due() -> None:
    coerced = coerce(float | None, 2)
    assert (coerced, type(coerced)) == (2.0, float)


def test_a_dictionary_of_any_values_has_its_integers_again() -> None:
    given = {"pretrain": {"epochs": 20.0, "views.sizes": [64.0, 32.0], "base_lr": 0.3, "on": True}}
    coerced = coerce(dict[str, Any], given)
    assert repr(coerced) == repr(
        {"pretrain": {"epochs": 20, "views.sizes": [64, 32], "base_lr": 0.3, "on": True}}
    )
    with pytest.raises(TypeError):
        coerce(dict[str, Any], [1])


def test_null_serves_only_where_it_is_allowed() -> None:
    assert coerce(float | None, None) is None
    with pytest.raises(TypeError):
        coerce(int, None)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, 2.5),
        (int, "3"),
        (int, True),
        (int, float("inf")),
        (int, float("nan")),
        (float, float("inf")),
        (float, float("nan")),
        (float | None, "0.5"),
        (tuple[int, ...], 8),
        (tuple[int, ...], [8, "9"]),
        (bool, 1),
        (str, 3),
    ],
)
def test_another_type_is_refused(hint: Any, value: object) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        coerce(hint, value)


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, "int"),
        (float | None, "float | None"),
        (tuple[int, ...], "tuple[int, ...]"),
        (tuple[Any, ...], "tuple[Any, ...]"),
    ],
)
def test_a_type_is_spelled_as_in_the_code(hint: Any, text: str) -> None:
    assert spelling(hint) == text
