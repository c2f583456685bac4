"""One run of the whole pipeline, for all tests that look at its outcome."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pass_ops.evaluation.report.result import Result

# As short as it can be; whether features learn is tested in test_learning.py.
SHORT = {
    "pretrain": {"epochs": 20, "checkpoint_every": 10},
    "train_pixel_attention": {"epochs": 15},
    **{f"train_classifier_{name}": {"epochs": 6, "keep_epochs": 2} for name in "fghc"},
    "train_segmenter": {"epochs": 12, "checkpoint_every": 6},
}


def local_run(home: Path, data: Path, *options: str) -> Result:
    """Run the pipeline in `home` with the smoke profile; what the newest result.json says."""
    settings = ["--data", str(data), "--profile", "smoke", "--overrides", json.dumps(SHORT)]
    command = [sys.executable, "-m", "pipelines.local.run", *settings, *options]
    finished = subprocess.run(
        command, cwd=home, capture_output=True, text=True, timeout=1800, check=False
    )
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    return Result.load(newest_run(home) / "result.json")


def newest_run(home: Path) -> Path:
    return max((home / "runs").iterdir())


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def first(home: Path, real_data: Path) -> Result:
    return local_run(home, real_data)
