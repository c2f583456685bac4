"""From dictionaries to dataclasses, with every mistake reported."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

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


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("count", "3", "int"),
        ("count", float("inf"), "int"),
        ("count", float("nan"), "int"),
        ("count", None, "int"),
        ("limit", "0.5", "float | None"),
        ("sizes", [8, "9"], "tuple[int, ...]"),
        ("flip", 1, "bool"),
        ("inner", 0.5, "Inner"),
    ],
)
def test_a_wrong_type_is_named_with_the_right_one(name: str, value: object, expected: str) -> None:
    assert problems({name: value}) == f"stage.{name} = {value!r} is not of type {expected}"


def test_values_are_coerced_to_the_type_of_their_field() -> None:
    built = build(Outer, {"count": 4.0, "sizes": [8.0, 16], "limit": 2})
    assert built == Outer(count=4, sizes=(8, 16), limit=2.0)
    assert (type(built.count), type(built.sizes[0]), type(built.limit)) == (int, int, float)


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
