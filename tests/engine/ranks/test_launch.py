"""Processes that mpirun starts: what they record, how they fail, how they are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pass_ops.engine.ranks.launch import run_ranks
from pass_ops.errors import ConfigError, KilledError, StorageError
from pass_ops.tracking.tracker import NullTracker

PROGRAM = "tests.engine.ranks._program"
pytestmark = pytest.mark.usefixtures("mpirun")


class Recorder(NullTracker):
    """Keeps what the first rank records."""

    def __init__(self) -> None:
        self.recorded: list[object] = []

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        self.recorded.append((dict(metrics), step))

    def tag(self, name: str, value: str) -> None:
        self.recorded.append((name, value))


def run(*arguments: str, recorder: Recorder | None = None) -> Mapping[str, float]:
    return run_ranks(
        stage="pretrain",
        module=PROGRAM,
        arguments=arguments,
        ranks=2,
        tracker=recorder or Recorder(),
    )


def wait_for(file: Path) -> None:
    """Return when a rank has written its line."""
    while not (file.exists() and file.read_text().endswith("\n")):
        time.sleep(0.02)


def test_the_first_rank_records_and_returns_and_threads_are_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "6")
    recorder = Recorder()
    assert run("return", recorder=recorder) == {"loss": 0.5}
    assert recorder.recorded == [({"threads": 3.0}, 3)]


def test_the_error_of_one_rank_ends_all_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StorageError, match=r"^rank 1 has lost its disk$"):
        run("fail")
    assert capfd.readouterr() == ("", "")


def test_a_folder_whose_name_no_socket_can_have_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with pytest.raises(ConfigError, match=r"107 bytes at most; name a folder .* TMPDIR"):
        run("return")
    assert list(long.iterdir()) == []


def test_a_rank_that_is_killed_ends_all() -> None:
    with pytest.raises(
        KilledError, match=r"pretrain: one of 2 processes was killed \(.*status 137"
    ):
        run("die")


def test_a_signal_lets_the_first_rank_keep_a_checkpoint(tmp_path: Path) -> None:
    ready = tmp_path / "ready"

    def interrupt() -> None:
        wait_for(ready)
        os.kill(os.getpid(), signal.SIGINT)

    recorder = Recorder()
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run("wait", str(ready), recorder=recorder)
    assert recorder.recorded[-1] == ("kept", "a checkpoint")


def test_ranks_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = f"from tests.engine.ranks.test_launch import run\nrun('wait', {str(ready)!r})"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        wait_for(ready)
        process.kill()
    rank = int(ready.read_text())
    while Path(f"/proc/{rank}").exists():
        time.sleep(0.02)
