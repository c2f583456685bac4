"""`pass-ops submit` without a server: what it shows, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from pass_ops.cli import app
from pipelines.images import pin

PARAMETERS = Path(__file__).resolve().parents[3] / "params" / "dev.yaml"
COMMAND = [
    *("submit", "--params", str(PARAMETERS), "--version", "v1"),
    *("--allow-tags", "test", "--set", "data_uri=s3://pass-data/a"),
]


@pytest.fixture(autouse=True)
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Names of images that were built, in the empty folder that commands are given in."""
    path = tmp_path / "images.lock"
    path.write_text("train=localhost/train:trial\npost=localhost/post:trial\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pin, "LOCK", path)
    return path


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


def test_images_that_nobody_has_built_are_not_sent(lock: Path) -> None:
    lock.write_text("train=localhost/train:trial\n")
    outcome = CliRunner().invoke(app, [*COMMAND, "--dry-run"])
    assert outcome.exit_code == 0
    assert yaml.safe_load(outcome.stdout)["version"] == "v1"
    problem = f"{lock} names no image post, so pods would find none: "
    assert outcome.stderr.startswith(f"warning: without --dry-run this is refused: {problem}")
    # Before it is connected to.
    outcome = CliRunner().invoke(app, [*COMMAND, "--host", "http://127.0.0.1:9"])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"error: {problem}")


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
        (
            ("--dry-run", "--set", "data_uri=/data/set"),
            "data_uri: /data/set is a path on this machine, which no pod sees",
        ),
        (
            ("--dry-run", "--set", 'overrides={"pretrain.initial_weights": "weights"}'),
            "pretrain.initial_weights: weights is a path on this machine, which no pod sees",
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
        *("settings", "placement", "masks", "ranks", "folder", "initial", "endless"),
        *("pipeline", "server", "shards", "nothing-to-share"),
    ],
)
def test_what_cannot_run_is_refused_in_one_line(options: tuple[str, ...], problem: str) -> None:
    outcome = CliRunner().invoke(app, [*COMMAND, *options])
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith(f"error: {problem}")
