"""Work by several processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pass_ops.engine.processes import LOOK_AHEAD, ordered_map
from pass_ops.errors import ArtifactError, PassError


@dataclass(frozen=True)
class Square:
    """Squares, or fails at one item as it is told."""

    bad: int = -1
    how: str = "user"

    def __call__(self, item: int) -> tuple[int, int]:
        if item == self.bad and self.how == "user":
            raise ArtifactError("damaged: make it again")
        if item == self.bad and self.how == "defect":
            raise ValueError("boom")
        if item == self.bad:
            os._exit(1)
        return item * item, os.getpid()


def test_results_come_in_order_from_several_processes() -> None:
    found = list(ordered_map(work=Square(), items=range(30), processes=2))
    assert [(item, result[0]) for item, result in found] == [
        (item, item * item) for item in range(30)
    ]
    assert os.getpid() not in {result[1] for _, result in found}


def test_one_process_is_this_one() -> None:
    assert list(ordered_map(work=Square(), items=[3], processes=1)) == [(3, (9, os.getpid()))]


def test_no_more_items_are_taken_than_the_look_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(1000):
            taken.append(item)
            yield item

    results = ordered_map(work=Square(), items=items(), processes=2)
    for _ in range(5):
        next(results)
    assert 5 <= len(taken) <= 5 + 2 * LOOK_AHEAD


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


def test_a_process_that_dies_is_one_line() -> None:
    with pytest.raises(
        PassError, match=r"a process died while .* set `processes` of this stage .* lower"
    ):
        list(ordered_map(work=Square(0, "die"), items=range(9), processes=2))
