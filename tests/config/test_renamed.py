"""Old names of settings are answered with the new ones."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import pytest

from pass_ops.config.renamed import RENAMED, pop_renamed
from pass_ops.config.resolve import resolve
from pass_ops.config.settings import CONFIGS
from pass_ops.errors import ConfigError


def exists(name: str) -> bool:
    """Whether there is a setting of this dotted name."""
    stage, *tables, last = name.split(".")
    kind: Any = CONFIGS[stage]
    for table in tables:
        kind = typing.get_type_hints(kind)[table]
    return last in {field.name for field in dataclasses.fields(kind)}


def problem(overrides: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        resolve(profile="smoke", overrides=overrides)
    return str(caught.value)


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_new_names_exist_and_old_ones_do_not(old: str, new: str) -> None:
    assert exists(new)
    assert not exists(old)


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_every_old_name_has_one_error_that_gives_the_new_one(old: str, new: str) -> None:
    assert problem({old: 1}) == f"{old} is now {new}"


@pytest.mark.parametrize(
    "overrides",
    [
        {"make_regions": {"automatic": {"max_overlap": 0.5}}},
        {"make_regions": {"automatic.max_overlap": 0.5}},
        {"make_regions.automatic": {"max_overlap": 0.5}},
    ],
)
def test_nested_overrides_are_understood_too(overrides: dict[str, Any]) -> None:
    assert problem(overrides) == (
        "make_regions.automatic.max_overlap is now make_regions.automatic.nms_iou"
    )


def test_other_mistakes_stand_in_the_same_line() -> None:
    assert problem({"search_threshold": {"most": 80, "resize": 0}}) == (
        "search_threshold.most is now search_threshold.max_percent; "
        "search_threshold.resize = 0 is below 16"
    )


@pytest.mark.parametrize("settings", [{}, {"make_regions": 3}, {"make_regions": {"automatic": 3}}])
def test_what_is_no_table_is_left_to_the_types(settings: dict[str, Any]) -> None:
    assert pop_renamed(settings) == []


def test_only_old_names_are_taken_out() -> None:
    settings = {"search_threshold": {"least": 20, "max_percent": 80}, "predict": {"flip": True}}
    assert pop_renamed(settings) == ["search_threshold.least is now search_threshold.min_percent"]
    assert settings == {"search_threshold": {"max_percent": 80}, "predict": {"flip": True}}
