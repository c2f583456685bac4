"""Several things at once."""

from __future__ import annotations

from threading import Barrier, Event

import pytest

from pass_ops.storage.parallel import in_parallel


def test_everything_is_done_several_at_once() -> None:
    together = Barrier(3)
    done: set[int] = set()

    def action(item: int) -> None:
        together.wait(timeout=60)
        done.add(item)

    in_parallel(action, range(9), threads=3)
    assert done == set(range(9))


def test_nothing() -> None:
    in_parallel(pytest.fail, [], threads=3)


def test_the_first_error_waits_for_no_one() -> None:
    released = Event()

    def action(item: int) -> None:
        if item == 1:
            raise ValueError("one")
        released.wait()

    with pytest.raises(ValueError, match="one"):
        in_parallel(action, range(100), threads=2)
    released.set()
