"""Order and random numbers of samples, which follow from seed, epoch and place alone."""

from __future__ import annotations

import numpy as np


def epoch_order(count: int, seed: int, epoch: int) -> list[int]:
    """The 0-based indices of an epoch, shuffled.

    Args:
        count: samples of the epoch.
        seed: of the training.
        epoch: 0-based.
    """
    return [int(index) for index in np.random.default_rng([seed, epoch]).permutation(count)]


def sample_rng(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random numbers of one sample in one epoch.

    Args:
        seed: of the training.
        epoch: 0-based.
        index: the sample's place in the unshuffled data.
    """
    return np.random.default_rng([seed, epoch, index])
