"""`toy.py`, run as users run the training pipeline: a process of its own, real servers, KFP's local
runner.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest
from mlflow import MlflowClient

from pipelines.servers.local_servers import mlflow_server, seaweedfs

CLONE = Path(__file__).resolve().parents[3]
TOY = [sys.executable, str(Path(__file__).with_name("toy.py")), "--data"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a run that uses servers which are there already."""
    stores = tmp_path_factory.mktemp("servers")
    with seaweedfs(stores / "s3", ["mlflow"]) as s3, mlflow_server(stores / "mlflow", s3) as server:
        server.wait_ready()
        yield environment() | s3 | {"MLFLOW_TRACKING_URI": server.url}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the runs of this module leave their stores, caches and results."""
    return tmp_path_factory.mktemp("home")


def environment() -> dict[str, str]:
    ours = {"S3_ENDPOINT", "MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return inherited | {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(CLONE), os.environ.get("PYTHONPATH")]))
    }


def run(
    home: Path, servers: Mapping[str, str], data: Path, *arguments: str
) -> tuple[int, str, Path]:
    """Exit status, everything printed, and the run's folder."""
    done = subprocess.run(
        [*TOY, str(data), *arguments],
        cwd=home,
        env=servers,
        text=True,
        stdout=-1,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout, max((home / "runs").iterdir())


def stages(folder: Path) -> dict[str, bool]:
    """Whether each stage of the result was cached."""
    return {
        stage["name"]: stage["cached"]
        for stage in json.loads((folder / "result.json").read_text())["stages"]
    }


def test_a_run_leaves_its_result_and_a_second_one_reuses_its_stages(
    home: Path, servers: dict[str, str], synthetic_data: Path
) -> None:
    status, output, folder = run(home, servers, synthetic_data)
    assert status == 0, output
    for line in (
        "check data: ",
        "data to S3: ",
        "1/3 resolve-config ...",
        "2/3 pretrain: ",
        "loss 0.5",
    ):
        assert line in output
    for row in (
        ("this run", "0.250", "0.200"),
        ("all background", "0.070", "0.060"),
        ("untrained", "0.200", "0.350"),
    ):
        assert any(all(cell in line for cell in row) for line in output.splitlines()), row
    result = json.loads((folder / "result.json").read_text())
    assert (result["data"], result["test"]) == (str(synthetic_data), {"miou": 0.2})
    assert stages(folder) == {"pretrain": False, "evaluate": False}
    assert (folder / "report" / "index.html").read_text() == "<p>report</p>"
    assert (folder / "test_predictions" / "a.png").read_bytes() == b"weights"
    assert "progress | pretrain | 10/10 images" in (folder / "pipeline.log").read_text()
    assert not list((home / ".pass-ops").glob("s3*"))  # The named server was used, none started.

    status, output, second = run(home, servers, synthetic_data)
    assert status == 0, output
    assert second != folder
    assert "2/3 pretrain: cached" in output
    assert stages(second) == {"pretrain": True, "evaluate": True}
    assert (second / "test_predictions" / "a.png").read_bytes() == b"weights"

    status, output, third = run(home, servers, synthetic_data, "--no-cache")
    assert status == 0, output
    assert stages(third) == {"pretrain": False, "evaluate": False}

    client = MlflowClient(servers["MLFLOW_TRACKING_URI"])
    (experiment,) = [
        found.experiment_id for found in client.search_experiments() if found.name == "pass-ops"
    ]
    runs = {found.info.run_name: found for found in client.search_runs([experiment])}
    parent = runs[f"pass-training {folder.name}"]
    assert parent.info.status == "FINISHED"
    assert parent.data.params["compat"] == "fixed"
    assert parent.data.metrics == {"validation.miou": 0.25, "test.miou": 0.2}
    children = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert [(child.info.run_name, child.data.metrics["loss"]) for child in children] == [
        ("pretrain", 0.5)
    ]


def test_a_failing_stage_is_named_with_its_error_and_leaves_no_result(
    home: Path, servers: dict[str, str], synthetic_data: Path
) -> None:
    status, output, folder = run(home, servers, synthetic_data, "--overrides", '{"fail": true}')
    assert status == 1
    last = output.splitlines()[-1]
    assert last.startswith(
        "error: stage evaluate failed: ValueError: no cluster matches class 3; train longer (log: "
    )
    assert f"{folder.name}/pipeline.log" in last
    assert "Traceback" not in output
    assert not (folder / "result.json").exists()


def test_bad_arguments_are_one_line(home: Path, servers: dict[str, str]) -> None:
    done = subprocess.run(
        [*TOY, f"{home}/gone"], cwd=home, env=servers, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"error: DATA={home}/gone: no such folder: name one in ImageNet-S layout, or leave DATA out\n"
    )


def test_ctrl_c_ends_the_stage_and_the_servers(tmp_path: Path, synthetic_data: Path) -> None:
    command = [*TOY, str(synthetic_data), "--overrides", '{"seconds": 100}']
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), text=True, stdout=-1, stderr=-1
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert any("2/3 pretrain" in line for line in running.stdout)
        time.sleep(1.0)  # The stage's own process starts.
        family = psutil.Process(running.pid).children(recursive=True)
        assert {"weed", "sh"} <= {process.name() for process in family}
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
