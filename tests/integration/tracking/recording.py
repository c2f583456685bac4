"""What a training records, and whether MLflow has all of it."""

from __future__ import annotations

from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Run

from pass_ops.tracking.tracker import Tracker

EPOCHS = 20


def train(tracker: Tracker, folder: Path, epochs: range) -> None:
    """Record as a training does."""
    for epoch in epochs:
        tracker.metrics({"loss": 1.0 / (epoch + 1), "rate": 0.1}, epoch)
        if epoch % 10 == 0:
            checkpoint = folder / f"epoch-{epoch}"
            checkpoint.mkdir()
            (checkpoint / "model.safetensors").write_bytes(bytes([epoch]) * 100_000)
            tracker.file(checkpoint, "checkpoints")
            (checkpoint / "model.safetensors").unlink()  # As where a folder moves to its place.


def run_called(client: MlflowClient, name: str) -> Run:
    """The one run of this name."""
    experiment = client.get_experiment_by_name("pass-ops")
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id], f"attributes.run_name = '{name}'")
    (run,) = found
    return run


def require_whole(client: MlflowClient, run: Run) -> None:
    """All that `train` records is there, once, at the times of the run and not of the replay."""
    for name in ("loss", "rate"):
        history = client.get_metric_history(run.info.run_id, name)
        assert [point.step for point in history] == list(range(EPOCHS))
        assert max(point.timestamp for point in history) <= run.info.end_time
    for epoch in (0, 10):
        (entry,) = client.list_artifacts(run.info.run_id, f"checkpoints/epoch-{epoch}")
        assert entry.file_size == 100_000


def spools(folder: Path) -> list[Path]:
    """Spools that are left."""
    return list((folder / "spool").glob("*/events.jsonl"))
