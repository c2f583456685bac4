"""The dataclasses of all stages' settings."""

from __future__ import annotations

import dataclasses
import re
import typing
from typing import Any

import pytest

from pass_ops.config.settings import CONFIGS


def with_inner(kind: type[Any]) -> set[type[Any]]:
    """A settings class and those of its fields, at every depth."""
    hints = typing.get_type_hints(kind).values()
    inner = (with_inner(hint) for hint in hints if dataclasses.is_dataclass(hint))
    return {kind}.union(*inner)


KINDS = sorted(
    set.union(*(with_inner(kind) for kind in CONFIGS.values())), key=lambda kind: kind.__name__
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_is_described_where_it_is_declared(kind: type[Any]) -> None:
    own = [name for name in vars(kind).get("__annotations__", {})]
    summary, _, attributes = str(kind.__doc__).partition("Attributes:")
    assert summary.strip().endswith(".")
    assert [name for name in own if not re.search(rf"\b{name}\b.*:", _entries(attributes))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_settings_are_frozen_and_given_by_name(kind: type[Any]) -> None:
    assert kind.__dataclass_params__.frozen
    fields = dataclasses.fields(kind)
    assert len(fields) <= 3 or all(field.kw_only for field in fields)


def _entries(attributes: str) -> str:
    """The entries of an `Attributes:` section, one a line."""
    return re.sub(r"\n {12,}", " ", attributes)
