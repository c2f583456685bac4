"""Weights inside other dictionaries, and under other names."""

from __future__ import annotations

from typing import Any

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.models.files.wrappers import unwrap

NAMED = {"conv1.weight": 1.0, "layer1.0.bias": 2.0}
NESTED = "holds something else than named tensors"


def refusal(content: Any) -> str:
    with pytest.raises(ArtifactError) as caught:
        unwrap(content, float)
    return str(caught.value)


def prefixed(prefix: str) -> dict[str, float]:
    return {f"{prefix}{name}": value for name, value in NAMED.items()}


@pytest.mark.parametrize(
    ("content", "wrapping"),
    [
        (NAMED, ()),
        (prefixed("module."), ("prefix module.",)),
        (prefixed("module.backbone."), ("prefix module.", "prefix backbone.")),
        (prefixed("_orig_mod."), ("prefix _orig_mod.",)),
        ({"model": NAMED, "epoch": 7}, ("key model",)),
        (
            {"state_dict": prefixed("module."), "optimizer": {"state": {}}, "epoch": 7},
            ("key state_dict", "prefix module."),
        ),
        ({"model": {"state_dict": NAMED}}, ("key model", "key state_dict")),
    ],
)
def test_wrappers_are_taken_off_and_named(content: Any, wrapping: tuple[str, ...]) -> None:
    assert unwrap(content, float) == (NAMED, wrapping)


def test_a_prefix_of_some_names_stays() -> None:
    names = {**NAMED, "module.conv2.weight": 3.0}
    assert unwrap(names, float) == (names, ())


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({"model": NAMED, "state_dict": NAMED}, "may lie under state_dict, model; save one alone"),
        ({"ema": NAMED, "opt": {"a": 1}, "epoch": 1}, "may lie under ema, opt; save one alone"),
        ({"model": {}, "epoch": 1}, NESTED),
        ({**NAMED, "epoch": 7}, f"{NESTED}: epoch"),
        ({"state_dict": {**NAMED, 3: 1.0}}, f"{NESTED}: 3"),
        ({"model": {"model": {"model": {"model": NAMED}}}}, f"{NESTED}: model"),
        ([1.0], NESTED),
        (1.0, NESTED),
        ({}, NESTED),
    ],
)
def test_what_cannot_be_unwrapped_is_said_to_lie_where(content: Any, where: str) -> None:
    message = refusal(content)
    assert message.startswith(NESTED)
    assert message.endswith(where)


def test_a_dictionary_that_holds_itself_is_refused() -> None:
    content: dict[str, Any] = {}
    content["model"] = content
    assert refusal(content) == f"{NESTED}: model"
