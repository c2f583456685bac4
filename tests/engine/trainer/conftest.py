"""What tests of the epoch loop share."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Metrics
from tests.engine.trainer.toy_training import PLAN, Optimiser, Run, Toy, Tracker


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a toy; the checkpoints of all that a test runs lie in one folder."""

    def fit(toy: Toy) -> tuple[Metrics, Trainer, Optimiser, Tracker]:
        optimiser, tracker = Optimiser(toy.log), Tracker(toy.log)
        identity = Identity(stage="pretrain", settings={}, data="data", code="code")
        with Checkpoints(
            identity=identity, root=tmp_path, remote="", minutes=60, stays=True
        ) as checkpoints:
            trainer = Trainer(
                plan=PLAN, optimiser=optimiser, tracker=tracker, checkpoints=checkpoints
            )
            return trainer.fit(toy), trainer, optimiser, tracker

    return fit
