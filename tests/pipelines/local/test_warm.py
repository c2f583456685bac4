"""What is run to compile kernels ahead of time: every stage, as short as its settings allow."""

from __future__ import annotations

import pytest

from pass_ops.config.resolve import profiles, resolve
from pipelines.local.warm import COMPAT, SEED, least_work
from pipelines.training import training_pipeline


@pytest.mark.parametrize("profile", profiles())
def test_its_overrides_are_valid_and_shorten_every_training(profile: str) -> None:
    before = resolve(profile=profile, overrides={}, seed=SEED, compat=COMPAT)
    after = resolve(profile=profile, overrides=least_work(before), seed=SEED, compat=COMPAT)
    trainings = {stage for stage, values in before.items() if "epochs" in values}
    assert {"pretrain", "train_pixel_attention", "train_classifier_f"} <= trainings
    assert all(after[stage]["epochs"] == 2 for stage in trainings)
    # Kernels depend on layers.
    assert [values.get("network") for values in after.values()] == [
        values.get("network") for values in before.values()
    ]


def test_the_pipeline_takes_what_it_is_given() -> None:
    arguments = {"data_uri", "profile", "overrides", "seed", "compat"}
    inputs = training_pipeline.component_spec.inputs
    assert arguments <= inputs.keys()
    assert all(inputs[name].optional for name in inputs.keys() - arguments)
