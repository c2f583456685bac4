"""What surrounds KFP's local runner."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from pass_ops.engine.checkpoints.place import PLACE
from pipelines.local.runner_context import checkpoints_shared, children_ended, own_scratch

SLEEPER = (sys.executable, "-c", "import time; time.sleep(100)")


def test_a_run_ends_the_processes_that_it_left_and_no_others() -> None:
    earlier, server = subprocess.Popen(SLEEPER), subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        with children_ended():
            stage = subprocess.Popen(SLEEPER)
        assert not psutil.pid_exists(stage.pid)
        assert earlier.poll() is None
        assert server.poll() is None
    finally:
        for process in (earlier, server):
            process.kill()
            process.wait()


def test_trainings_of_all_runs_share_their_checkpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PLACE, raising=False)
    with checkpoints_shared(tmp_path):
        assert os.environ[PLACE] == str(tmp_path / "checkpoints")
    assert PLACE not in os.environ
    monkeypatch.setenv(PLACE, "s3://bucket/checkpoints")
    with checkpoints_shared(tmp_path):
        assert os.environ[PLACE] == "s3://bucket/checkpoints"


def test_folders_that_stages_make_with_mktemp_go_with_the_run() -> None:
    with own_scratch():
        command = ["mktemp", "-d"]
        process = subprocess.run(command, check=True, capture_output=True, text=True)
        folder = Path(process.stdout.strip())
        assert folder.is_dir()
        assert folder.parent != Path(tempfile.gettempdir())
    assert not folder.parent.exists()
