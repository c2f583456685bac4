"""Work by several processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.engine.loading import count
from pass_ops.engine.processes import LOOK_AHEAD, ordered_map
from pass_ops.errors import ArtifactError, PassError

pytestmark = pytest.mark.usefixtures("processes")


class UnpicklableError(Exception):
    """An error that holds what no other process can have."""

    def __init__(self) -> None:
        super().__init__("locked")
        self.lock = threading.Lock()


@dataclass(frozen=True)
class Square:
    """Squares, or fails at one item as it is told."""

    bad: int = -1
    how: str = "user"

    def __call__(self, item: int) -> tuple[int, int]:
        if item != self.bad:
            return item * item, os.getpid()
        if self.how == "user":
            raise ArtifactError("damaged: make it again")
        if self.how == "defect":
            raise ValueError("boom")
        if self.how == "unpicklable":
            raise UnpicklableError
        if self.how == "exit":
            sys.exit(3)
        os._exit(1)


def chatty(item: int) -> int:
    """Prints, from Python and from below it."""
    print("from Python", flush=True)
    os.write(1, b"from C\n")
    return item


def signalled(item: int) -> int:
    """Gets the signals that reach all processes of a terminal or of a container."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.raise_signal(number)
    return item


def doubled(item: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Twice as large."""
    return np.concatenate((item, item))


def test_signals_are_for_the_process_that_hands_out_the_work() -> None:
    results = ordered_map(work=signalled, items=range(4), processes=2)
    assert list(results) == [(item, item) for item in range(4)]


def test_results_come_in_order_from_several_processes() -> None:
    results = list(ordered_map(work=Square(), items=range(30), processes=2))
    assert [(item, square) for item, (square, _) in results] == [
        (item, item * item) for item in range(30)
    ]
    assert os.getpid() not in {pid for _, (_, pid) in results}
    assert len({pid for _, (_, pid) in results}) == 2


def test_there_may_be_fewer_items_than_processes() -> None:
    assert list(ordered_map(work=chatty, items=[], processes=3)) == []
    assert list(ordered_map(work=chatty, items=[5], processes=3)) == [(5, 5)]


def test_there_are_no_more_processes_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count, "usable_cores", lambda: 2)
    results = list(ordered_map(work=Square(), items=range(9), processes=5))
    assert len({pid for _, (_, pid) in results}) == 2
    monkeypatch.setattr(count, "usable_cores", lambda: 1)
    assert list(ordered_map(work=Square(), items=[3], processes=5)) == [(3, (9, os.getpid()))]


def test_one_process_is_this_one() -> None:
    assert list(ordered_map(work=Square(), items=[3], processes=1)) == [(3, (9, os.getpid()))]


def test_no_more_items_are_taken_than_the_look_ahead() -> None:
    requests: list[int] = []

    def items() -> Iterator[int]:
        for item in range(1000):
            requests.append(item)
            yield item

    results = ordered_map(work=Square(), items=items(), processes=2)
    for _ in range(5):
        next(results)
    assert 5 <= len(requests) <= 5 + 2 * LOOK_AHEAD


@pytest.mark.parametrize("processes", [1, 2])
def test_errors_name_the_item(processes: int) -> None:
    with pytest.raises(ArtifactError, match=r"^image 4: damaged: make it again$"):
        list(
            ordered_map(
                work=Square(4),
                items=range(9),
                processes=processes,
                name=lambda item: f"image {item}",
            )
        )
    with pytest.raises(RuntimeError, match=r"^image 4: ValueError: boom$") as caught:
        list(
            ordered_map(
                work=Square(4, "defect"),
                items=range(9),
                processes=processes,
                name=lambda item: f"image {item}",
            )
        )
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_defect_in_another_process_keeps_its_traceback() -> None:
    with pytest.raises(RuntimeError) as caught:
        list(ordered_map(work=Square(4, "defect"), items=range(9), processes=2))
    assert 'raise ValueError("boom")' in "".join(caught.value.__cause__.__notes__)


@pytest.mark.parametrize(("how", "message"), [("unpicklable", "locked"), ("exit", "3")])
def test_any_error_comes_back(how: str, message: str) -> None:
    with pytest.raises(RuntimeError, match=rf"^4: (?s:.*){message}"):
        list(ordered_map(work=Square(4, how), items=range(9), processes=2))


def test_results_before_an_error_are_handed_on() -> None:
    results = ordered_map(work=Square(4), items=range(9), processes=2)
    assert [item for item, _ in (next(results) for _ in range(4))] == [0, 1, 2, 3]
    with pytest.raises(ArtifactError):
        next(results)


def test_items_and_results_larger_than_a_pipe_do_not_block() -> None:
    items = [np.full(300_000, number, np.uint8) for number in range(12)]
    for item, result in ordered_map(work=doubled, items=items, processes=2):
        assert np.array_equal(result, np.concatenate((item, item)))


def test_what_the_work_prints_is_no_result(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(ordered_map(work=chatty, items=range(6), processes=2)) == [
        (item, item) for item in range(6)
    ]
    output, errors = capfd.readouterr()
    assert output == ""
    assert errors.count("from C") == errors.count("from Python") == 6


def test_whoever_stops_early_leaves_no_process() -> None:
    results = ordered_map(work=Square(), items=range(1000), processes=2)
    pids = {next(results)[1][1] for _ in range(2)}
    results.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_process_that_dies_is_one_line() -> None:
    with pytest.raises(
        PassError, match=r"a process died while .* set `processes` or `workers` of this stage lower"
    ):
        list(ordered_map(work=Square(0, "die"), items=range(9), processes=2))
