"""Inputs that the UI offers as a list."""

from __future__ import annotations

from typing import Any

import pytest

from pass_ops.config.compat import COMPAT
from pass_ops.config.resolve import profiles
from pass_ops.sam.open import BACK_ENDS
from pipelines.choices import choices
from pipelines.compile import cluster_pipelines


def offered(pipeline: Any) -> dict[str, list[str]]:
    """The values of each input that has some."""
    inputs = pipeline.pipeline_spec.root.input_definitions.parameters
    return {
        name: [value.string_value for value in definition.literals]
        for name, definition in inputs.items()
        if definition.literals
    }


def test_both_pipelines_offer_what_their_settings_allow() -> None:
    both = {"profile": list(profiles()), "compat": list(COMPAT)}
    pipelines = cluster_pipelines()
    assert offered(pipelines["evaluation"]) == both
    assert offered(pipelines["training"]) == both | {"mask_back_end": ["", *BACK_ENDS]}


@pytest.mark.parametrize("name", ["training", "evaluation"])
def test_a_default_is_among_the_choices(name: str) -> None:
    pipeline = cluster_pipelines()[name]
    inputs = pipeline.pipeline_spec.root.input_definitions.parameters
    for key, values in offered(pipeline).items():
        assert inputs[key].default_value.string_value in values


def test_an_input_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="profil"):
        choices(profil=("smoke",))(cluster_pipelines()["evaluation"])
