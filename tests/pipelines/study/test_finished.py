"""Which results of earlier runs a study takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.local.settings import Settings
from pipelines.study.finished import is_of, results_in
from tests.pipelines.study.results import RESULT

COMMIT = "0123456789ab"
SETTINGS = Settings(
    data="none",
    profile="smoke",
    seed=31,
    compat="fixed",
    overrides={"pretrain": {"epochs": 5}},
    mask_back_end="",
    mask_weights="",
)
# The overrides as KFP hands them back.
FINISHED = replace(RESULT, overrides={"pretrain.epochs": 5.0}, commit=COMMIT)


def test_a_run_of_the_same_settings_stands_for_another_however_they_are_spelt() -> None:
    assert is_of(FINISHED, SETTINGS, COMMIT)
    assert is_of(
        replace(FINISHED, data="photographs"), replace(SETTINGS, data="photographs"), COMMIT
    )


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 32},
        {"data": "photographs"},
        {"profile": "small"},
        {"compat": "reference"},
        {"mask_backend": "sam"},
        {"commit": "ba9876543210"},
        {"overrides": {}},
        {"overrides": {"pretrain.epochs": 6}},
        # Of a version that had other settings.
        {"overrides": {"pretrain.epochs": 5, "pretrain.gone": 1}},
    ],
    ids=str,
)
def test_any_difference_asks_for_a_run(change: dict[str, Any]) -> None:
    assert not is_of(replace(FINISHED, **change), SETTINGS, COMMIT)


@pytest.mark.parametrize("commit", ["", f"{COMMIT}-dirty"])
def test_code_that_no_commit_has_is_run_again(commit: str) -> None:
    assert not is_of(replace(FINISHED, commit=commit), SETTINGS, commit)


def test_results_are_found_the_latest_first_and_damaged_ones_are_passed_over(
    tmp_path: Path,
) -> None:
    for name, seed in (("20260101-000000", 1), ("20260102-000000", 2)):
        (tmp_path / name).mkdir()
        replace(FINISHED, seed=seed).save(tmp_path / name / "result.json")
    (tmp_path / "20260103-000000").mkdir()
    (tmp_path / "20260103-000000" / "result.json").write_text("{")
    (tmp_path / "20260104-000000").mkdir()
    assert [one.seed for one in results_in(tmp_path)] == [2, 1]
    assert results_in(tmp_path / "nowhere") == []
