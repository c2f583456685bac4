"""Tasks at the same time."""

from __future__ import annotations

import os
import sys
import time
from threading import Barrier, Event, Lock

import pytest

from pipelines.local.tasks.side_by_side import SideBySide, width


class Count:
    """How many threads are in it at once, at most."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.01)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.now -= 1


def test_there_is_room_for_one() -> None:
    assert width() >= 1


def test_independent_tasks_meet_and_dependent_ones_wait() -> None:
    barrier, order = Barrier(2, timeout=30), list[str]()

    def meet() -> None:
        barrier.wait()
        order.append("met")

    with SideBySide(2) as tasks:
        for name in ("a", "b"):
            tasks.start(group=0, name=name, after=(), niceness=0, work=meet)
        after = ("a", "b")
        tasks.start(group=0, name="c", after=after, niceness=0, work=lambda: order.append("c"))
        tasks.wait(0)
    assert order == ["met", "met", "c"]


def test_of_those_on_the_gpu_one_runs_at_a_time_and_no_more_than_the_limit_at_all() -> None:
    computing, running = Count(), Count()
    with SideBySide(3) as tasks:

        def compute() -> None:
            with tasks.turn(gpu=True), running, computing:
                pass

        def prepare() -> None:
            with tasks.turn(gpu=False), running:
                pass

        for number in range(8):
            work = compute if number % 2 else prepare
            tasks.start(group=0, name=str(number), after=(), niceness=0, work=work)
        tasks.wait(0)
    assert computing.most == 1
    assert 1 < running.most <= 3


def test_the_first_failure_is_told_at_once_and_nothing_more_is_started() -> None:
    release, later = Event(), list[int]()

    def last_long() -> None:
        release.wait(30)

    def fail() -> None:
        raise RuntimeError("task evaluate failed")

    with SideBySide(2) as tasks, tasks.stopped():
        for name, after, work in (
            ("long", (), last_long),
            ("fails", (), fail),
            ("next", ("fails",), lambda: later.append(1)),
            ("last", ("long",), lambda: later.append(2)),
        ):
            tasks.start(group=0, name=name, after=after, niceness=0, work=work)
        with pytest.raises(RuntimeError, match="task evaluate failed"):
            tasks.wait(0)
        assert not release.is_set()
        with tasks.stopped():
            pass
        release.set()
    assert later == []
    assert tasks.run_process([sys.executable, "-c", "print(1)"]) == 1


def test_a_process_is_run_with_its_variables_and_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = "import os, sys; print(os.environ['A']); print('b', file=sys.stderr); sys.exit(3)"
    with SideBySide(1) as tasks:
        assert tasks.run_process([sys.executable, "-c", script], {"A": "a"}) == 3
    assert sorted(capsys.readouterr().out.split()) == ["a", "b"]


def test_the_processes_of_a_task_are_as_nice_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-c", "import os; print(os.nice(0))"]
    with SideBySide(1) as tasks:
        for niceness in (10, 0):
            tasks.start(
                group=0,
                name=str(niceness),
                after=("10",) if niceness == 0 else (),
                niceness=niceness,
                work=lambda: assert_success(tasks.run_process(command)),
            )
        tasks.wait(0)
    own = os.nice(0)
    assert capsys.readouterr().out.split() == [str(min(own + 10, 19)), str(own)]


def assert_success(status: int) -> None:
    """Raise unless it is 0."""
    assert status == 0
