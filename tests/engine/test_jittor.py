"""Seeds, and sums that keep their digits."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pass_ops.engine.jittor import jt, seed_everything, step_mean, to_numpy


def draws() -> tuple[float, float, list[float]]:
    return random.random(), float(np.random.rand()), to_numpy(jt.rand(3)).tolist()


def test_a_seed_fixes_all_three_generators() -> None:
    seed_everything(31)
    first = draws()
    seed_everything(31)
    assert draws() == first
    seed_everything(32)
    other = draws()
    assert all(mine != theirs for mine, theirs in zip(first, other, strict=True))


def test_values_that_wait_to_be_computed_leave_the_sequence_alone() -> None:
    seed_everything(31)
    alone = jt.rand(3).numpy()
    waiting = jt.rand(5)
    seed_everything(31)
    np.testing.assert_array_equal(jt.rand(3).numpy(), alone)
    assert waiting.shape == [5]



def test_the_mean_of_many_values_keeps_its_digits() -> None:
    # A single float32 accumulator stops at 2²⁴ ones.
    ones = jt.ones((20, 1000, 1000))
    assert step_mean(ones).item() == pytest.approx(1, abs=5e-5)


def test_the_mean_of_a_vector() -> None:
    assert step_mean(jt.array(np.float32([1, 2, 6]))).item() == pytest.approx(3)


def test_a_copy_does_not_follow_its_variable() -> None:
    values = jt.array(np.float32([1, 2]))
    copy = to_numpy(values)
    copy[0] = 5
    assert values.numpy().tolist() == [1, 2]
