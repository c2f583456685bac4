"""YAML of people."""

from __future__ import annotations

import pytest
import yaml

from pass_ops.config.plain_yaml import load_yaml

BILLION = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_values() -> None:
    assert load_yaml("a: [1, 2.5, x, true, null]\nb: {c: 'd'}") == {
        "a": [1, 2.5, "x", True, None],
        "b": {"c": "d"},
    }


@pytest.mark.parametrize(
    "text",
    [
        BILLION,
        "&a [*a]",
        "a: &a {b: 1}\nc: {<<: *a}",
        "!!python/object/apply:os.system ['true']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!include /etc/passwd",
        "[1, 2",
    ],
)
def test_references_and_tags_are_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)
