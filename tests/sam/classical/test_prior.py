"""How likely pixels are the object."""

from __future__ import annotations

import numpy as np

from pass_ops.sam.classical.prior import object_prior
from pass_ops.sam.low_logits import to_low_logits

SALIENCY = np.full((20, 30), 0.5, np.float32)
BOX = (5, 5, 16, 16)


def test_it_is_highest_in_the_middle_of_the_box_and_0_outside() -> None:
    prior = object_prior(SALIENCY, BOX, None)
    assert prior.dtype == np.float32
    assert np.unravel_index(prior.argmax(), prior.shape) == (10, 10)
    assert prior[10, 10] == 0.5
    inside = np.zeros(prior.shape, bool)
    inside[5:16, 5:16] = True
    np.testing.assert_array_equal(prior > 0, inside)


def test_an_earlier_mask_counts_as_much() -> None:
    logits = np.full((20, 30), -10, np.float32)
    logits[:, :10] = 10
    prior = object_prior(SALIENCY, BOX, to_low_logits(logits))
    before = object_prior(SALIENCY, BOX, None)
    assert prior[10, 6] > before[10, 6]
    assert prior[10, 14] < before[10, 14]
