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

pytestmark = pytest.mark.slow


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
