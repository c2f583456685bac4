"""Batches made by threads."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from pass_ops.engine.loader import LOOK_AHEAD, batches, epoch_order, sample_rng


def test_every_epoch_has_its_own_order_of_all_indices() -> None:
    first, again, second = epoch_order(50, 31, 0), epoch_order(50, 31, 0), epoch_order(50, 31, 1)
    assert first == again
    assert first != second
    assert sorted(first) == sorted(second) == list(range(50))
    assert epoch_order(50, 32, 0) != first


def test_random_numbers_belong_to_seed_epoch_and_sample() -> None:
    draws = {
        sample_rng(seed, epoch, index).random()
        for seed in (1, 2)
        for epoch in (0, 1)
        for index in range(3)
    }
    assert len(draws) == 12
    assert sample_rng(1, 0, 2).random() in draws


@pytest.mark.parametrize("workers", [1, 7])
def test_batches_do_not_depend_on_the_number_of_threads(workers: int) -> None:
    def make(index: int) -> float:
        # The first ones take longest, so that several threads finish out of order.
        time.sleep(0.002 * (index % 3 == 0))
        return index + float(sample_rng(31, 0, index).random())

    order = epoch_order(20, 31, 0)
    loaded = list(batches(make=make, order=order, batch_size=4, workers=workers))
    expected = [index + float(np.random.default_rng([31, 0, index]).random()) for index in order]
    assert loaded == [expected[start : start + 4] for start in range(0, 20, 4)]


@pytest.mark.parametrize(("drop_last", "sizes"), [(True, [4, 4]), (False, [4, 4, 3])])
def test_the_incomplete_batch_is_dropped_on_request(drop_last: bool, sizes: list[int]) -> None:
    assert [
        len(batch)
        for batch in batches(
            make=int, order=range(11), batch_size=4, workers=2, drop_last=drop_last
        )
    ] == sizes


def test_too_few_for_a_batch_are_none() -> None:
    assert list(batches(make=int, order=range(3), batch_size=4, workers=2)) == []


def test_work_runs_only_a_few_batches_ahead() -> None:
    made: list[int] = []

    def make(index: int) -> int:
        made.append(index)
        return index

    stream = batches(make=make, order=range(100), batch_size=4, workers=2)
    next(stream)
    time.sleep(0.05)
    assert len(made) == (LOOK_AHEAD + 1) * 4


def test_an_error_appears_at_its_batch_and_leaves_no_threads_behind() -> None:
    def make(index: int) -> int:
        if index == 6:
            raise ValueError("damaged image")
        return index

    before = threading.active_count()
    stream = batches(make=make, order=range(12), batch_size=4, workers=3)
    assert next(stream) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="damaged image"):
        next(stream)
    assert threading.active_count() == before
