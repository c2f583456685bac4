"""A stage's run without an MLflow server; `tests/integration/tracking/test_mlflow.py` has one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pass_ops.tracking.mlflow import open_run
from pass_ops.tracking.tracker import NullTracker


def test_without_a_server_nothing_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with open_run("pretrain") as tracker:
        assert isinstance(tracker, NullTracker)
        tracker.params({"epochs": 3})
        tracker.metrics({"loss": 1.0}, step=2)
        tracker.tag("label_space", "a")


def test_without_a_server_mlflow_is_not_even_imported() -> None:
    environment = {
        name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"
    }
    script = """
import sys
from pass_ops.tracking.mlflow import open_run
with open_run("pretrain"):
    sys.exit("mlflow" in sys.modules)
"""
    process = subprocess.run([sys.executable, "-c", script], env=environment, check=False)
    assert process.returncode == 0


def test_errors_of_the_stage_pass_through_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(KeyError, match="centroids"), open_run("cluster"):
        raise KeyError("centroids")
