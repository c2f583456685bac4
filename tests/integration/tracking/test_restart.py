"""A real MLflow server that is stopped and started in the middle of a stage; real trainings that
are ended by a signal.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mlflow import MlflowClient

from pass_ops.tracking.mlflow import open_run
from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.ports import free_ports
from pipelines.servers.seaweedfs import seaweedfs
from tests.integration.tracking.test_outage import EPOCHS, require_whole, run_called, train

pytestmark = pytest.mark.slow


def test_a_server_is_stopped_and_started_in_the_middle_of_a_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (port,) = free_ports(1)
    with seaweedfs(tmp_path / "s3", ["mlflow"]) as s3:
        server = mlflow_server(tmp_path / "mlflow", s3, port)
        with server as first:
            first.wait_ready()
            monkeypatch.setenv("MLFLOW_TRACKING_URI", first.url)
            stage = open_run("restarted")
            tracker = stage.__enter__()
            tracker.params({"epochs": EPOCHS})
            longest = train(tracker, tmp_path, range(5))
        longest = max(longest, train(tracker, tmp_path, range(5, 12)))
        time.sleep(5)
        with mlflow_server(tmp_path / "mlflow", s3, port) as second:
            longest = max(longest, train(tracker, tmp_path, range(12, EPOCHS)))
            second.wait_ready()
            stage.__exit__(None, None, None)
            client = MlflowClient(second.url)
            run = run_called(client, "restarted")
            assert (run.info.status, run.data.params) == ("FINISHED", {"epochs": str(EPOCHS)})
            require_whole(client, run)
    assert longest < 0.5
    assert "MLflow is there again" in capsys.readouterr().out
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_training_that_a_signal_ends_leaves_a_killed_run(
    client: MlflowClient, synthetic_data: Path, tmp_path: Path, number: signal.Signals
) -> None:
    command = [
        *(sys.executable, "-c", "from pass_ops.cli import app; app()"),
        *("pretrain", "--data", str(synthetic_data)),
        *("--output", str(tmp_path / "output"), "--profile", "smoke"),
        *("--set", "pretrain.epochs=2000", "--set", "pretrain.batch_size=8"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if re.search(r"epoch ([2-9]|\d\d+)/", line):
            break
    start = time.monotonic()
    process.send_signal(number)
    process.stdout.close()
    assert process.wait(timeout=60) == 128 + number
    assert time.monotonic() - start < 20
    experiment = client.get_experiment_by_name("pass-ops")
    assert experiment is not None
    newest, *_ = client.search_runs([experiment.experiment_id], max_results=1)
    assert (newest.info.run_name, newest.info.status) == ("pretrain", "KILLED")
    assert newest.data.tags["error"] == f"SystemExit: {128 + number}"
