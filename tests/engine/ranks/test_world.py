"""Which rows are whose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.engine.loading.order import epoch_order
from pass_ops.engine.ranks import world


def be(monkeypatch: pytest.MonkeyPatch, rank: int, size: int) -> None:
    """Let this process be one of some ranks, as Open MPI does."""
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", str(rank))
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", str(size))


def test_a_process_without_ranks_is_the_first_of_one() -> None:
    assert (world.rank(), world.size(), world.neighbours()) == (0, 1, 1)
    assert world.is_first()
    assert world.own_rows(32) == 32
    assert world.own_items(range(70), 32) == list(range(64))


@given(
    size=st.integers(1, 5), rows=st.integers(1, 4), count=st.integers(0, 60), epoch=st.integers(0)
)
def test_the_rows_of_all_ranks_are_each_batch_in_its_order(
    size: int, rows: int, count: int, epoch: int
) -> None:
    batch_size = size * rows
    items = epoch_order(count, 31, epoch)
    with pytest.MonkeyPatch.context() as monkeypatch:
        own = []
        for rank in range(size):
            be(monkeypatch, rank, size)
            assert world.own_rows(batch_size) == rows
            own.append(world.own_items(items, batch_size))
    steps = count // batch_size
    assert [len(one) for one in own] == [steps * rows] * size
    together = [
        item
        for step in range(steps)
        for one in own
        for item in one[step * rows : (step + 1) * rows]
    ]
    # No image twice, none left out but the incomplete batch.
    assert together == items[: steps * batch_size]
