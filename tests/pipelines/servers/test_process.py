"""Server processes: what is told when they fail, and that stopping ends all of them."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pipelines.servers.process import ServerProcess
from tests.pipelines.servers.processes import processes_about

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
print("up", flush=True)
time.sleep(60)
"""


def test_a_server_that_ends_is_reported_with_its_last_lines(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('listen: address already in use'); raise SystemExit(3)"]
    server = ServerProcess(
        name="SeaweedFS", command=command, environment=os.environ, log=tmp_path / "log"
    )
    with pytest.raises(
        StorageError, match="SeaweedFS ended with status 3: listen: address already in use"
    ) as caught:
        server.wait_ready(lambda: False, seconds=10)
    assert str(tmp_path / "log") in str(caught.value)
    server.stop()


def test_a_server_that_is_never_ready_is_reported(tmp_path: Path) -> None:
    server = ServerProcess(
        name="MLflow", command=["sleep", "60"], environment=os.environ, log=tmp_path / "log"
    )
    with pytest.raises(StorageError, match="MLflow is not ready after 0 s: it printed nothing"):
        server.wait_ready(lambda: False, seconds=0.2)
    server.stop()
    assert server.process.returncode == -signal.SIGTERM


def test_stopping_ends_the_whole_group_even_if_it_ignores_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "log"
    server = ServerProcess(
        name="stubborn",
        command=[sys.executable, "-c", STUBBORN, str(tmp_path)],
        environment=os.environ,
        log=log,
    )
    server.wait_ready(lambda: log.read_text().count("up") == 2, seconds=10)
    assert len(processes_about(tmp_path)) == 2
    server.stop(patience=0.3)
    assert processes_about(tmp_path) == []
