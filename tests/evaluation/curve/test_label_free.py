"""The threshold by the agreement of mirror images."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.curve.label_free import MirrorAgreement


def agreement(*pairs):
    """Agreement of pairs of attention, of an image and of its mirror image."""
    result = MirrorAgreement()
    for attention, mirrored in pairs:
        result.add(attention.astype(np.float32), mirrored.astype(np.float32))
    return result


def test_an_image_that_is_seen_the_same_mirrored_agrees_wholly():
    attention = np.random.default_rng(0).random((20, 30))
    kappas = agreement((attention, attention[:, ::-1])).kappas()
    assert kappas[5:95] == pytest.approx(1)


def test_equals_cohens_kappa_of_the_two_masks():
    rng = np.random.default_rng(1)
    pairs = [(rng.random((9, 9)), rng.random((9, 9))) for _ in range(3)]
    kappas = agreement(*pairs).kappas()
    for percent in (10, 42, 80):
        threshold = np.float32(percent / 100)
        one = np.concatenate([(a.astype(np.float32) >= threshold).ravel() for a, _ in pairs])
        other = np.concatenate(
            [(b.astype(np.float32)[:, ::-1] >= threshold).ravel() for _, b in pairs]
        )
        chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
        assert kappas[percent] == pytest.approx(((one == other).mean() - chance) / (1 - chance))


def test_all_foreground_is_no_agreement():
    assert agreement((np.ones((4, 4)), np.ones((4, 4)))).kappas()[50] == 0


def test_the_threshold_between_two_plateaus_that_only_noise_disturbs_is_chosen():
    """An object at 0.7 on a background at 0.3, both under noise that differs in the mirror
    image.
    """
    rng = np.random.default_rng(2)
    truth = np.zeros((60, 60))
    truth[20:45, 10:30] = 0.4
    pairs = [
        (
            truth + 0.3 + rng.normal(0, 0.05, truth.shape),
            truth[:, ::-1] + 0.3 + rng.normal(0, 0.05, truth.shape),
        )
    ]
    kappas = agreement(*[(np.clip(a, 0, 1), np.clip(b, 0, 1)) for a, b in pairs])
    assert 44 <= kappas.best_percent(0, 100) <= 56
    assert kappas.best_percent(60, 65) == 60


def test_the_lowest_of_equals_is_chosen():
    attention = np.random.default_rng(0).random((20, 30))
    assert agreement((attention, attention[:, ::-1])).best_percent(30, 60) == 30
