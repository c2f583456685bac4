"""From dictionaries to dataclasses, with every mistake reported."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.config.schema import build, limited
from pass_ops.errors import ConfigError


@dataclass(frozen=True)
class Inner:
    rate: float = limited(default=0.5, low=0, high=1)
    kind: str = limited(default="a", choices=("a", "b"))


@dataclass(frozen=True, kw_only=True)
class Outer:
    inner: Inner = field(default_factory=Inner)
    count: int = limited(default=3, low=1)
    sizes: tuple[int, ...] = limited(default=(8,), low=4, high=64)
    flip: bool = True
    limit: float | None = limited(default=None, low=0)

    def __post_init__(self) -> None:
        if self.count == 13:
            raise ConfigError("count may not be 13")


def problems(values: dict[str, object]) -> str:
    with pytest.raises(ConfigError) as caught:
        build(Outer, values, "stage.")
    return str(caught.value)


def test_missing_keys_keep_their_defaults() -> None:
    assert build(Outer, {}) == Outer()
    assert build(Outer, {"inner": {"kind": "b"}}) == Outer(inner=Inner(kind="b"))


# 13 is what `Outer` forbids.
@given(st.integers(min_value=1, max_value=2**53).filter(lambda count: count != 13))
def test_integers_that_kfp_hands_over_as_floats_become_integers_again(count: int) -> None:
    built = build(Outer, {"count": float(count)})
    assert (built.count, type(built.count)) == (count, int)


def test_floats_inside_lists_become_integers_and_lists_tuples() -> None:
    sizes = build(Outer, {"sizes": [8.0, 16]}).sizes
    assert sizes == (8, 16)
    assert {type(size) for size in sizes} == {int}


def test_an_integer_serves_where_a_float_is_due() -> None:
    limit = build(Outer, {"limit": 2}).limit
    assert (limit, type(limit)) == (2.0, float)


def test_null_serves_only_where_it_is_allowed() -> None:
    assert build(Outer, {"limit": None}).limit is None
    assert "stage.count = None is not of type int" in problems({"count": None})


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("count", 2.5, "int"),
        ("count", "3", "int"),
        ("count", True, "int"),
        ("count", float("inf"), "int"),
        ("count", float("nan"), "int"),
        ("limit", float("inf"), "float | None"),
        ("limit", float("nan"), "float | None"),
        ("limit", "0.5", "float | None"),
        ("sizes", 8, "tuple[int, ...]"),
        ("sizes", [8, "9"], "tuple[int, ...]"),
        ("flip", 1, "bool"),
        ("inner", 0.5, "Inner"),
    ],
)
def test_a_wrong_type_is_named_with_the_one_wanted(name: str, value: object, wanted: str) -> None:
    assert problems({name: value}) == f"stage.{name} = {value!r} is not of type {wanted}"


def test_limits_hold_for_each_value_of_a_list() -> None:
    assert (
        problems({"sizes": [8, 3, 65]})
        == "stage.sizes = 3 is below 4; stage.sizes = 65 is above 64"
    )


def test_limits_themselves_are_allowed() -> None:
    assert build(Outer, {"sizes": [4, 64], "inner": {"rate": 1}}).sizes == (4, 64)


def test_every_mistake_is_in_one_line() -> None:
    message = problems({"colour": 1, "count": 0, "inner": {"rate": 2, "kind": "c", "speed": 3}})
    assert "\n" not in message
    assert message.split("; ") == [
        "unknown configuration key stage.colour: known here are inner, count, sizes, flip, limit",
        "unknown configuration key stage.inner.speed: known here are rate, kind",
        "stage.inner.rate = 2.0 is above 1",
        "stage.inner.kind = 'c' is none of a, b",
        "stage.count = 0 is below 1",
    ]


def test_an_impossible_combination_is_named_with_its_place() -> None:
    assert problems({"count": 13}) == "stage: count may not be 13"
