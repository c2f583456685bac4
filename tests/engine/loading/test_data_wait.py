"""How long a training waits for its batches."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pass_ops.engine.loading import data_wait
from pass_ops.engine.loading.data_wait import DataWait


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set by hand."""
    now = [100.0]
    monkeypatch.setattr(data_wait, "perf_counter", lambda: now[0])
    return now


def slow(clock: list[float], seconds: list[float]) -> Iterator[int]:
    """Batches, each of which takes so long."""
    for number, duration in enumerate(seconds):
        clock[0] += duration
        yield number


def test_the_share_is_that_of_waiting(clock: list[float]) -> None:
    wait, seen = DataWait(), []
    for batch in wait.over(slow(clock, [1.0, 2.0, 0.0])):
        seen.append(batch)
        clock[0] += 3.0
    assert seen == [0, 1, 2]
    assert wait.share == pytest.approx(3 / 12)


def test_every_epoch_begins_anew(clock: list[float]) -> None:
    wait = DataWait()
    list(wait.over(slow(clock, [5.0])))
    clock[0] += 50.0
    for _ in wait.over(slow(clock, [1.0])):
        clock[0] += 1.0
    assert wait.share == pytest.approx(0.5)


def test_nothing_is_waited_for_before_the_first_batch() -> None:
    assert DataWait().share == 0.0
