"""How long a stage waits for its images."""

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


def test_the_share_counts_the_batch_that_is_being_worked_on(clock: list[float]) -> None:
    wait = DataWait()
    for _ in wait.over(slow(clock, [1.0])):
        clock[0] += 3.0
        assert wait.share == pytest.approx(1 / 4)


def test_loops_add_up_and_what_lies_between_them_does_not_count(clock: list[float]) -> None:
    wait = DataWait()
    for seconds in (5.0, 1.0):
        for _ in wait.over(slow(clock, [seconds])):
            clock[0] += 2.0
        clock[0] += 50.0
    assert wait.share == pytest.approx(6 / 10)
    wait.restart()
    for _ in wait.over(slow(clock, [1.0])):
        clock[0] += 1.0
    assert wait.share == pytest.approx(0.5)


def test_the_share_of_later_loops(clock: list[float]) -> None:
    wait = DataWait()
    list(wait.over(slow(clock, [7.0])))
    before = wait.seconds
    assert wait.share_after(before) is None
    for _ in wait.over(slow(clock, [1.0])):
        clock[0] += 3.0
    assert wait.share_after(before) == pytest.approx(1 / 4)


def test_nothing_is_waited_for_before_the_first_batch() -> None:
    wait = DataWait()
    assert (wait.used, wait.share) == (False, 0.0)
    next(wait.over([1]))
    assert wait.used
