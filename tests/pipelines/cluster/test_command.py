"""`pass-ops submit` without a server: what it shows, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pass_ops.cli import app

PARAMETERS = Path(__file__).resolve().parents[3] / "params" / "dev.yaml"
COMMAND = [
    *("submit", "--params", str(PARAMETERS), "--version", "v1"),
    *("--allow-tags", "test", "--set", "data_uri=s3://pass-data/a"),
]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_dry_run_shows_what_it_would_send(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(app, [*COMMAND, "--dry-run"])
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    content = yaml.safe_load(outcome.stdout)
    assert (content["pipeline"], content["version"]) == ("pass-training", "v1")
    assert content["parameters"]["data_uri"] == "s3://pass-data/a"
    assert (tmp_path / "build" / "pass_training.yaml").exists()


def test_with_shards_the_placement_is_in_the_package_and_no_parameter(tmp_path: Path) -> None:
    options = ("--dry-run", "--shards", "predict_split=2", "--set", "placement.infer_cpu=5")
    outcome = CliRunner().invoke(app, [*COMMAND, *options])
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert "placement" not in yaml.safe_load(outcome.stdout)["parameters"]
    spec, _ = yaml.safe_load_all((tmp_path / "build" / "pass_training.yaml").read_text())
    executor = spec["deploymentSpec"]["executors"]["exec-predict-split"]
    assert executor["container"]["resources"]["resourceCpuLimit"] == "5"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        # What the pipeline's first stage would refuse.
        (
            ("--dry-run", "--set", 'overrides={"pretrain.epoch": 1}'),
            "unknown configuration key pretrain.epoch",
        ),
        (
            ("--dry-run", "--set", "placement.train_gpu=1"),
            "placement: no field train_gpu (meant is train_gpus?)",
        ),
        (
            ("--dry-run", "--set", "mask_back_end=sam"),
            "mask_back_end = 'sam' needs mask_weights",
        ),
        (
            ("--dry-run", "--set", "profile=small", "--set", "placement.train_gpus=3"),
            "pretrain: a batch of 32 images is not to be shared evenly by 3 processes",
        ),
        (("--dry-run", "--recurring", "@daily", "--wait"), "--wait and --recurring"),
        (("--dry-run", "--pipeline", "trainin"), "--pipeline trainin: there is no such pipeline"),
        ((), "name the KFP server"),
        (("--dry-run", "--shards", "pretrain=2"), "shards pretrain=2: pretrain is none"),
        (
            ("--dry-run", "--shards", "8", "--pipeline", "evaluation"),
            "--shards: the evaluation pipeline has no stage to share",
        ),
    ],
    ids=[
        *("settings", "placement", "masks", "ranks", "endless", "pipeline", "server"),
        *("shards", "nothing-to-share"),
    ],
)
def test_what_cannot_run_is_refused_in_one_line(options: tuple[str, ...], problem: str) -> None:
    outcome = CliRunner().invoke(app, [*COMMAND, *options])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"error: {problem}")
