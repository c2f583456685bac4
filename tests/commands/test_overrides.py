"""Settings changed on the command line."""

from __future__ import annotations

import pytest

from pass_ops.commands.overrides import parse_overrides
from pass_ops.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b=3", 3),
        ("a.b=1e-3", 0.001),  # Plain YAML reads a string.
        ("a.b=true", True),
        ("a.b=adamw", "adamw"),
        ("a.b=[0.1, 2]", [0.1, 2]),
        ("a.b={c: 1, 2: [x]}", {"c": 1, "2": ["x"]}),
        ("a.b=null", None),
        ("a.b=x=y", "x=y"),
        (" a.b = 3", 3),
    ],
)
def test_values_of_overrides(text: str, value: object) -> None:
    assert parse_overrides([text]) == {"a.b": value}


def test_the_last_value_of_a_key_holds() -> None:
    assert parse_overrides(["a=1", "b=2", "a=3"]) == {"a": 3, "b": 2}


@pytest.mark.parametrize("text", ["pretrain.epochs", "=3", " =3", "a=[1", "a={b: [}"])
def test_overrides_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^--set .*write it like") as raised:
        parse_overrides([text])
    assert "\n" not in str(raised.value)
