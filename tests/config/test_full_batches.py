"""Batches that a data set cannot fill."""

from __future__ import annotations

import pytest

from pass_ops.config.full_batches import require_full_batches
from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError


def test_a_batch_that_the_training_split_fills_just_so_will_do() -> None:
    require_full_batches(resolve(profile="small", seed=31, compat="fixed"), 32)


def test_every_training_whose_batch_is_too_large_is_named_in_one_line() -> None:
    settings = resolve(
        profile="small", overrides={"pretrain.batch_size": 16}, seed=31, compat="fixed"
    )
    with pytest.raises(ConfigError) as caught:
        require_full_batches(settings, 31)
    trainings = ("train_pixel_attention", *(f"train_classifier_{name}" for name in "fghc"))
    named = ", ".join(f"{name}.batch_size (32)" for name in (*trainings, "train_segmenter"))
    assert str(caught.value) == (
        f"the 31 training images do not fill a batch of {named}: "
        "lower these to 31 at most, or add training images"
    )


def test_batches_of_other_stages_may_be_larger_than_the_set() -> None:
    settings = resolve(profile="smoke", seed=31, compat="fixed")
    settings["cluster"]["batch_size"] = 1000
    require_full_batches(settings, 32)
