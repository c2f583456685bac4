"""The probability that a label is clean (method 9.5, step 2)."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pass_ops.denoising.mixture import clean_probability

RNG = np.random.default_rng(0)
CLEAN, NOISY = RNG.gamma(2, 0.1, 140), RNG.normal(3, 0.4, 60)


def test_two_heaps_of_losses_are_told_apart() -> None:
    losses = np.concatenate([CLEAN, NOISY])
    probability = clean_probability(
        losses=losses, labels=np.zeros(200, dtype=np.int64), clusters=1, least=100
    )
    assert (probability[:140] > 0.9).all()
    assert (probability[140:] < 0.1).all()


def test_each_cluster_is_judged_by_its_own_losses() -> None:
    """What is noisy in an easy cluster may be clean in a hard one."""
    losses = np.concatenate([CLEAN, NOISY, 10 * CLEAN, 10 * NOISY])
    labels = np.repeat([0, 1], 200)
    probability = clean_probability(losses=losses, labels=labels, clusters=2, least=100)
    np.testing.assert_allclose(probability[:200], probability[200:], atol=1e-6)
    assert losses[200:340].max() > losses[140:200].min()


def test_a_small_cluster_is_judged_by_all_images() -> None:
    losses = np.concatenate([CLEAN, NOISY, [0.1, 0.3, 3.0]])
    labels = np.repeat([0, 1], [200, 3])
    probability = clean_probability(losses=losses, labels=labels, clusters=2, least=100)
    alone = clean_probability(
        losses=losses, labels=np.zeros(203, dtype=np.int64), clusters=1, least=100
    )
    np.testing.assert_array_equal(probability[200:], alone[200:])
    assert list(probability[200:] > 0.5) == [True, True, False]


@limits(max_examples=30)
@given(
    arrays(
        np.float64, st.integers(2, 40), elements=st.floats(0, 20, width=16, allow_subnormal=False)
    )
)
def test_a_larger_loss_is_never_the_cleaner_one(losses: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn counts distinct losses aloud.
        probability = clean_probability(
            losses=losses, labels=np.zeros(len(losses), dtype=np.int64), clusters=1, least=2
        )
    assert ((probability >= 0) & (probability <= 1)).all()
    assert (np.diff(probability[np.argsort(losses)]) <= 1e-9).all()


def test_the_least_losses_are_clean_although_the_noisy_heap_is_wide() -> None:
    losses = np.concatenate(
        [0.5 + 0.01 * RNG.normal(size=150), RNG.normal(2, 1, 100).clip(0, 5), [0.0]]
    )
    probability = clean_probability(
        losses=losses, labels=np.zeros(251, dtype=np.int64), clusters=1, least=100
    )
    assert probability[-1] == pytest.approx(probability.max())
    assert probability[-1] > 0.9


@pytest.mark.parametrize("clusters", [1, 4])
def test_losses_that_are_all_equal_speak_against_nobody(clusters: int) -> None:
    np.testing.assert_array_equal(
        clean_probability(
            losses=np.full(8, 0.7), labels=np.arange(8) % clusters, clusters=clusters, least=2
        ),
        1,
    )


def test_a_cluster_of_equal_losses_is_judged_by_all_images() -> None:
    losses = np.concatenate([CLEAN, NOISY, np.full(120, 3.0)])
    probability = clean_probability(
        losses=losses, labels=np.repeat([0, 2], [200, 120]), clusters=3, least=100
    )
    assert (probability[200:] < 0.1).all()
