"""The pipeline of `toy.py`, run as users run the training pipeline, with real servers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from mlflow import MlflowClient

from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.seaweedfs import seaweedfs
from tests.pipelines.local.environment import user_environment

TOY = [sys.executable, str(Path(__file__).with_name("toy.py")), "--data"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a run that uses servers which are there already."""
    stores = tmp_path_factory.mktemp("servers")
    with seaweedfs(stores / "s3", ["mlflow"]) as s3, mlflow_server(stores / "mlflow", s3) as server:
        server.wait_ready()
        yield user_environment() | s3 | {"MLFLOW_TRACKING_URI": server.url}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the runs of this module leave their stores, caches and results."""
    return tmp_path_factory.mktemp("home")


@dataclass(frozen=True)
class Outcome:
    """What a run left: its exit status, all that it printed, its folder."""

    status: int
    output: str
    folder: Path

    @property
    def cached(self) -> dict[str, bool]:
        """Whether each stage of the result was taken from the cache."""
        result = json.loads((self.folder / "result.json").read_text())
        return {stage["name"]: stage["cached"] for stage in result["stages"]}


def run(home: Path, servers: Mapping[str, str], data: Path, *options: str) -> Outcome:
    """Run the pipeline to its end.

    Args:
        home: working folder.
        servers: the environment.
        data: the data set.
        options: of the command line.
    """
    process = subprocess.run(
        [*TOY, str(data), *options],
        cwd=home,
        env=servers,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    folders = sorted((home / "runs").glob("*"))
    assert folders, process.stdout
    return Outcome(process.returncode, process.stdout, folders[-1])


def test_a_run_leaves_its_result_and_a_second_one_reuses_its_stages(
    home: Path, servers: dict[str, str], synthetic_data: Path
) -> None:
    first = run(home, servers, synthetic_data)
    assert first.status == 0, first.output
    for line in (
        "check data: ",
        "data to S3: ",
        "1/3 resolve-config ...",
        "2/3 pretrain: ",
        "loss 0.5",
    ):
        assert line in first.output
    for row in (
        ("this run", "0.250", "0.200"),
        ("all background", "0.070", "0.060"),
        ("untrained", "0.200", "0.350"),
    ):
        assert any(all(cell in line for cell in row) for line in first.output.splitlines()), row
    result = json.loads((first.folder / "result.json").read_text())
    assert (result["data"], result["test"]) == (str(synthetic_data), {"miou": 0.2})
    assert first.cached == {"pretrain": False, "evaluate": False}
    assert (first.folder / "report" / "index.html").read_text() == "<p>report</p>"
    assert (first.folder / "test_predictions" / "a.png").read_bytes() == b"weights"
    assert "progress | pretrain | 10/10 images" in (first.folder / "pipeline.log").read_text()
    assert not list((home / ".pass-ops").glob("s3*"))  # The named server was used, none started.

    second = run(home, servers, synthetic_data)
    assert second.status == 0, second.output
    assert second.folder != first.folder
    assert "2/3 pretrain: cached" in second.output
    assert second.cached == {"pretrain": True, "evaluate": True}
    assert (second.folder / "test_predictions" / "a.png").read_bytes() == b"weights"

    (weights,) = (home / ".pass-ops" / "stages" / first.folder.name).rglob("pretrain/weights")
    weights.write_text("weig")
    mended = run(home, servers, synthetic_data)
    assert mended.status == 0, mended.output
    assert f"{weights} is not what its stage wrote, but damaged: the stage runs" in mended.output
    # What comes out as before is an input as before.
    assert mended.cached == {"pretrain": False, "evaluate": True}

    third = run(home, servers, synthetic_data, "--no-cache")
    assert third.status == 0, third.output
    assert third.cached == {"pretrain": False, "evaluate": False}

    client = MlflowClient(servers["MLFLOW_TRACKING_URI"])
    experiment = client.get_experiment_by_name("pass-ops")
    assert experiment is not None
    ids = [experiment.experiment_id]
    runs = {entry.info.run_name: entry for entry in client.search_runs(ids)}
    parent = runs[f"pass-training {first.folder.name}"]
    assert parent.info.status == "FINISHED"
    assert parent.data.metrics == {"test/miou": 0.2}
    children = client.search_runs(ids, f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    metrics = {child.info.run_name: child.data.metrics for child in children}
    assert metrics == {"pretrain": {"loss": 0.5}, "evaluate": {}}


def test_a_failing_stage_is_named_with_its_error_and_leaves_no_result(
    home: Path, servers: dict[str, str], synthetic_data: Path
) -> None:
    outcome = run(home, servers, synthetic_data, "--overrides", '{"fail": true}')
    assert outcome.status == 1
    last = outcome.output.splitlines()[-1]
    assert last.startswith(
        "error: stage evaluate failed: ValueError: no cluster matches class 3; train longer (log: "
    )
    assert f"{outcome.folder.name}/pipeline.log" in last
    assert "Traceback" not in outcome.output
    assert not (outcome.folder / "result.json").exists()


def test_bad_arguments_are_one_line(home: Path, servers: dict[str, str]) -> None:
    command = [*TOY, f"{home}/gone"]
    process = subprocess.run(
        command, cwd=home, env=servers, text=True, capture_output=True, check=False
    )
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr == (
        f"error: DATA={home}/gone: no such folder: name one with photographs, "
        "or in ImageNet-S layout, or leave DATA out\n"
    )


def test_ctrl_c_ends_the_stage_and_the_servers(tmp_path: Path, synthetic_data: Path) -> None:
    command = [*TOY, str(synthetic_data), "--overrides", '{"seconds": 100}']
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=user_environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert any("2/3 pretrain" in line for line in running.stdout)
        time.sleep(1.0)  # The stage's own process starts.
        family = psutil.Process(running.pid).children(recursive=True)
        assert "weed" in {process.name() for process in family}
        # The stage is a fork of the process that forks.
        forks = [one for one in family if "pipelines.local.tasks.fork_server" in one.cmdline()]
        assert len(forks) == 2
        running.send_signal(signal.SIGINT)  # To the run alone, as `kill -INT` does.
        running.wait(40)
        errors = running.stderr.read()
    assert running.returncode == 130, errors
    assert errors.startswith("interrupted: ")
    assert not [
        process
        for process in family
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]
    assert not list(tmp_path.glob("runs/*/result.json"))
