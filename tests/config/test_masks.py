"""Settings of the mask stages."""

from __future__ import annotations

import dataclasses

import pytest

from pass_ops.config.masks import CrfConfig, PromptConfig
from pass_ops.config.parts.crf import CrfParameters
from pass_ops.config.parts.gates import GATES, Gates
from pass_ops.config.schema import build
from pass_ops.errors import ConfigError
from pass_ops.sam.open import BACK_ENDS


@pytest.mark.parametrize(
    ("preset", "numbers"),
    [
        ("pseudo-labels", (0.7, 3, 3, 80, 13, 10, 5)),
        ("test-time", (0.9, 3, 2, 25, 7, 10, 15)),
        ("rival", (0.6, 3, 2, 30, 7, 12, 20)),
    ],
)
def test_presets_are_the_columns_of_the_table(preset: str, numbers: tuple[float, ...]) -> None:
    # Fields stand in the order of the table's rows.
    assert dataclasses.astuple(CrfConfig(preset=preset).parameters()) == numbers


def test_a_number_of_a_preset_can_be_changed() -> None:
    config = build(CrfConfig, {"preset": "rival", "iterations": 3.0, "gaussian_weight": 0})
    assert config.parameters() == CrfParameters(
        confidence=0.6,
        gaussian_sxy=3,
        gaussian_weight=0,
        bilateral_sxy=30,
        bilateral_srgb=7,
        bilateral_weight=12,
        iterations=3,
    )


def test_the_mode_follows_compat_unless_it_is_set() -> None:
    assert PromptConfig().multi
    assert not PromptConfig(compat="reference").multi
    assert not PromptConfig(mode="single").multi
    assert PromptConfig(mode="multi", compat="reference").multi


def test_two_candidates_are_refused() -> None:
    with pytest.raises(ConfigError, match="candidates is 1"):
        build(PromptConfig, {"candidates": 2})


def test_gates_are_the_back_end_s_unless_they_are_set() -> None:
    config = PromptConfig(min_iou=0.1)
    assert config.limits("sam") == Gates(min_score=0.7, min_iou=0.1)
    classical = Gates(min_score=0.2, min_iou=0.1, min_coverage=0.0)
    assert config.limits("classical") == classical


def test_every_back_end_has_gates() -> None:
    assert GATES.keys() == {*BACK_ENDS, "oracle"}
