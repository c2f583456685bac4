"""A real MLflow server that is stopped and started in the middle of a stage."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient

from pass_ops.tracking.mlflow import open_run
from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.ports import free_ports
from pipelines.servers.seaweedfs import seaweedfs
from tests.integration.tracking.recording import EPOCHS, require_whole, run_called, train


@dataclass(frozen=True)
class Outage:
    """What came of it.

    Attributes:
        seconds: that the server was away.
        longest: seconds of the longest call that recorded something.
        values: of metrics that MLflow has, each once, and there are no others.
    """

    seconds: float
    longest: float
    values: int

    def __str__(self) -> str:
        return (
            f"MLflow {self.seconds:.0f} s down: {self.values} of {2 * EPOCHS} values, a parameter "
            f"and 2 checkpoints kept, each once; no call took above {self.longest:.3f} s"
        )


def outage(monkeypatch: pytest.MonkeyPatch, folder: Path, seconds: float) -> Outage:
    """Record while the server is stopped and started; all must be there in the end.

    Args:
        folder: for stores, spools and checkpoints.
        seconds: for which nothing runs.
    """
    monkeypatch.setenv("PASS_SPOOL", str(folder / "spool"))
    (port,) = free_ports(1)
    with seaweedfs(folder / "s3", ["mlflow"]) as s3:
        with mlflow_server(folder / "mlflow", s3, port) as first:
            first.wait_ready()
            monkeypatch.setenv("MLFLOW_TRACKING_URI", first.url)
            stage = open_run("restarted")
            tracker = stage.__enter__()
            tracker.params({"epochs": EPOCHS})
            longest = train(tracker, folder, range(5))
        start = time.monotonic()
        longest = max(longest, train(tracker, folder, range(5, 12)))
        time.sleep(seconds)
        with mlflow_server(folder / "mlflow", s3, port) as second:
            longest = max(longest, train(tracker, folder, range(12, EPOCHS)))
            second.wait_ready()
            away = time.monotonic() - start
            stage.__exit__(None, None, None)
            client = MlflowClient(second.url)
            run = run_called(client, "restarted")
            assert (run.info.status, run.data.params) == ("FINISHED", {"epochs": str(EPOCHS)})
            require_whole(client, run)
            values = sum(
                len(client.get_metric_history(run.info.run_id, name)) for name in ("loss", "rate")
            )
    assert list((folder / "spool").iterdir()) == []
    return Outage(away, longest, values)
