"""Runs a training in so many processes, and reads what its weights say of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from pass_ops.config.representation import PretrainConfig
from pass_ops.data.locate import locate
from pass_ops.engine.ranks.count import RANKS
from pass_ops.models.weights import load_card
from pass_ops.stages.run import run_stage

TOLERANCE = 1e-3
"""By how much of its value an epoch's mean loss may differ: sums over ranks are rounded otherwise,
and every step builds on those before."""


def run(stage: str, ranks: int, /, **values: Any) -> dict[str, Any]:
    """The stage's metrics; `values` are its fields."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv(RANKS, str(ranks))
        return run_stage(stage, **values)


def losses(*folders: Path) -> list[float]:
    """What the cards of weights say."""
    return [load_card(folder).metrics["loss"] for folder in folders]


def pretrain(*, ranks: int, data: Path, config: PretrainConfig, output: Path) -> None:
    """Step 1, into the folders `last` and `initial` of `output`."""
    output.mkdir()
    locate(str(data)).save(output / "dataset.json")
    run(
        "pretrain",
        ranks,
        dataset=output / "dataset.json",
        config=dataclasses.asdict(config),
        weights=output / "last",
        initial_weights=output / "initial",
    )


def gentle(config: PretrainConfig) -> PretrainConfig:
    """The same training at a rate at which rounding stays rounding.

    At 0.01 a rate that differs by 1e-5 moves the second epoch's loss by 1 %, in one process, too.
    """
    rate = dataclasses.replace(config.optimiser, base_lr=0.001)
    return dataclasses.replace(config, optimiser=rate)
