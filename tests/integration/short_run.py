"""The whole pipeline as `make run` starts it, with the shortest trainings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pass_ops.evaluation.report.result import Result

# Whether features learn is tested with the runs of the walkthrough. The floor is for fewer images
# than the synthetic set has.
SHORT = {
    "pretrain": {"epochs": 20, "checkpoint_every": 10},
    "train_pixel_attention": {"epochs": 15},
    **{f"train_classifier_{name}": {"epochs": 6, "ensemble_epochs": 2} for name in "fghc"},
    "select_small_loss": {"min_per_class": 15},
    "make_regions": {"enabled": True, "automatic": {"points_per_side": 8}},
    "train_segmenter": {"epochs": 12, "checkpoint_every": 6},
}


def local_run(home: Path, data: Path, *options: str) -> Result:
    """Run the pipeline with the smoke profile; what the newest result.json says.

    Args:
        home: working folder, with the stores and caches of earlier runs.
        data: folder of the data set.
        options: more of the command line.
    """
    process = subprocess.run(
        command(data, *options), cwd=home, capture_output=True, text=True, timeout=1800, check=False
    )
    assert process.returncode == 0, process.stdout[-3000:] + process.stderr[-3000:]
    return Result.load(newest_run(home) / "result.json")


def command(data: Path, *options: str) -> list[str]:
    """The command line of a run, as make has it.

    Args:
        data, options: see `local_run`.
    """
    settings = ["--data", str(data), "--profile", "smoke", "--overrides", json.dumps(SHORT)]
    return [sys.executable, "-m", "pass_ops.start", "pipelines.local.run", *settings, *options]


def newest_run(home: Path) -> Path:
    """The folder of the run that started last."""
    return max((home / "runs").iterdir())
