"""JSON that says one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.storage.contents.strict_json import parse_json, whole_number


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', '[{"a": 1, "b": 2, "a": 3}]', "", "{", "[" * 100_000, b"\xff"]
)
def test_what_says_nothing_or_two_things_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


def test_an_object() -> None:
    assert parse_json('{"a": [1, {"a": 2}]}') == {"a": [1, {"a": 2}]}


@given(number=st.integers(-(2**50), 2**50))
def test_whole_numbers_stay_what_they_are(number: int) -> None:
    assert whole_number(number) == whole_number(float(number)) == number
    assert type(whole_number(float(number))) is int


@pytest.mark.parametrize("value", [2.5, float("inf"), float("nan"), "2", True, None, [2]])
def test_nothing_is_rounded_or_read_as_a_number(value: object) -> None:
    with pytest.raises(ValueError, match="no whole number"):
        whole_number(value)
