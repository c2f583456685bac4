"""Stages that work piece by piece, which several tests here run in several ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.engine.checkpoints.place import PLACE
from tests.integration.checkpoints.piece_by_piece import Undisturbed, undisturbed
from tests.integration.checkpoints.trainings import Trainings


@pytest.fixture(scope="session")
def uses(
    trainings: Trainings, clustered: Path, tmp_path_factory: pytest.TempPathFactory
) -> Undisturbed:
    """The stages, and what they write undisturbed."""
    return undisturbed(trainings, clustered, tmp_path_factory.mktemp("whole"))


@pytest.fixture(autouse=True)
def _nothing_is_recorded_or_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever other tests have set: no MLflow, and no place of checkpoints but a test's own."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv(PLACE, raising=False)
