"""Order and random numbers of samples."""

from __future__ import annotations

from pass_ops.engine.loading.order import epoch_order, sample_rng


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
