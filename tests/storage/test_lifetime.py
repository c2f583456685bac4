"""Which runs share artifacts, as these are removed after some days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.errors import ConfigError
from pass_ops.storage.lifetime import VARIABLE, cache_epoch

DATES = st.dates(min_value=date(2024, 1, 1), max_value=date(2060, 1, 1))


@given(days=st.integers(2, 400), first=DATES, later=st.integers(0, 400))
def test_what_a_run_shares_has_half_its_days_left(days: int, first: date, later: int) -> None:
    second = first + timedelta(days=later)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLE, str(days))
        epoch = cache_epoch(first)
        assert date.fromisoformat(epoch) <= first
        assert cache_epoch(date.fromisoformat(epoch)) == epoch
        # Made on the first day by an earlier run, taken by a later one.
        if cache_epoch(second) == epoch:
            assert days - later >= days / 2
        else:
            assert second >= date.fromisoformat(epoch) + timedelta(days=days // 2)


def test_where_artifacts_are_kept_for_ever_all_runs_share_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cache_epoch(date(2025, 1, 1)) == cache_epoch(date(2050, 1, 1)) == ""


@pytest.mark.parametrize("days", ["1", "0", "-90", "90d", "x"])
def test_other_texts_are_refused(days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, days)
    with pytest.raises(ConfigError, match=f"^ARTIFACT_DAYS={days}: not a number of days"):
        cache_epoch(date(2025, 1, 1))
