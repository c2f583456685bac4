"""Which settings of two runs differ."""

from __future__ import annotations

from dataclasses import replace

from pass_ops.comparison.settings import settings_table
from tests.comparison.example import RESULT

NAMES = ("a", "b")


def differences(**changes: object) -> dict[str, tuple[str, str]]:
    """Rows of the table of `RESULT` and of the same with other values."""
    table = settings_table(NAMES, (RESULT, replace(RESULT, **changes)))
    return {key: (one, other) for key, one, other in table.rows}


def test_a_run_differs_from_itself_in_nothing() -> None:
    assert differences() == {}


def test_a_seed_is_one_row_and_not_one_for_each_stage() -> None:
    assert differences(seed=7) == {"seed": ("31", "7")}


def test_overrides_are_compared_as_they_resolve() -> None:
    assert differences(overrides={"pretrain.epochs": 4}) == {"pretrain.epochs": ("3", "4")}
    assert differences(overrides={"pretrain": {"epochs": 3}}) == {}


def test_of_profiles_what_they_set_is_compared() -> None:
    found = differences(profile="small")
    assert found["profile"] == ("smoke", "small")
    assert found["pretrain.network.arch"] == ("resnet10", "resnet18")
    assert "pretrain.epochs" not in found  # The override wins in both.


def test_a_profile_of_another_version_leaves_facts_and_overrides() -> None:
    assert differences(profile="gone", overrides={"pretrain.epochs": 4}, commit="abc")[
        "profile"
    ] == ("smoke", "gone")


def test_versions_that_differ_or_are_unknown_are_named() -> None:
    assert differences(versions={"python": "3.12", "numpy": "2"}) == {
        "version of python": ("3.11", "3.12"),
        "version of numpy": ("–", "2"),
    }
