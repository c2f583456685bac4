"""A study of the toy pipeline, as `make study` runs one, with real servers."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient

from pipelines.servers.mlflow import mlflow_server
from pipelines.servers.seaweedfs import seaweedfs
from pipelines.study.parent import STUDY
from tests.pipelines.local.environment import CLONE, user_environment

TOY = CLONE / "tests" / "pipelines" / "study" / "toy.py"
PLAN = """
sets: [{data}]
seeds: [31]
settings:
  as it is: {{}}
  broken: {{fail: {fail}}}
"""


def study(home: Path, environment: dict[str, str], text: str) -> subprocess.CompletedProcess[str]:
    """Run a study to its end.

    Args:
        home: working folder.
        environment: with servers.
        text: of the study's file.
    """
    (home / "toys.yaml").write_text(text)
    return subprocess.run(
        [sys.executable, str(TOY), "toys.yaml"],
        cwd=home,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_study_goes_on_after_a_failure_and_has_one_table_and_one_parent_run(
    tmp_path: Path, synthetic_data: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with (
        seaweedfs(tmp_path / "s3", ["mlflow"]) as s3,
        mlflow_server(tmp_path / "mlflow", s3) as server,
    ):
        server.wait_ready()
        environment = user_environment() | s3 | {"MLFLOW_TRACKING_URI": server.url}

        first = study(home, environment, PLAN.format(data=synthetic_data, fail="true"))
        assert first.returncode == 1, first.stdout + first.stderr
        assert "2/2 broken, " in first.stdout
        assert "no cluster matches class 3" in first.stdout
        assert "error: 1 of 2 runs failed, the first of them 2/2 broken" in first.stderr
        assert "| as it is |\n" in (home / "runs/study-toys/table.md").read_text()

        second = study(home, environment, PLAN.format(data=synthetic_data, fail="false"))
        assert second.returncode == 0, second.stdout + second.stderr
        assert "pretrain: cached" in second.stdout
        rows = list(csv.DictReader((home / "runs/study-toys/table.csv").open()))
        test = [row for row in rows if row["figure"] == "whole run: test/miou"]
        assert [(row["setting"], row["mean"], row["gain"]) for row in test] == [
            ("as it is", "0.2", ""),
            ("broken", "0.2", "0.0"),
        ]

        client = MlflowClient(server.url)
        (experiment,) = client.search_experiments(filter_string="name = 'pass-ops'")
        runs = client.search_runs([experiment.experiment_id])
        (parent,) = [run for run in runs if run.data.tags.get(STUDY) == "toys"]
        assert (parent.info.run_name, parent.info.status) == ("study toys", "FINISHED")
        kept = {file.path for file in client.list_artifacts(parent.info.run_id)}
        assert kept == {"toys.yaml", "table.md", "table.csv"}
        of_study = [
            run.info.status
            for run in runs
            if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id
        ]
        assert sorted(of_study) == ["FAILED", "FINISHED", "FINISHED", "FINISHED"]


@pytest.mark.slow
def test_a_real_study_is_not_made_again(tmp_path: Path) -> None:
    """Two seeds of the whole pipeline with the shortest trainings, from code that a commit has."""
    from pass_ops.versions import commit
    from tests.integration.short_run import SHORT

    if not (code := commit()) or code.endswith("-dirty"):
        pytest.skip("files differ from the commit: their runs are made again")
    import yaml

    plan = {"profile": "smoke", "sets": ["none"], "seeds": [31, 32], "settings": {"short": SHORT}}
    (tmp_path / "short.yaml").write_text(yaml.safe_dump(plan))
    command = [sys.executable, "-m", "pass_ops.start", "pipelines.study.run", "short.yaml"]

    def outcome() -> tuple[int, str]:
        process = subprocess.run(
            command,
            cwd=tmp_path,
            env=user_environment(),
            text=True,
            capture_output=True,
            check=False,
        )
        return process.returncode, process.stdout + process.stderr

    status, output = outcome()
    assert status == 0, output
    table = (tmp_path / "runs/study-short/table.md").read_text()
    assert "none: labels, clustering 1: accuracy, train" in table
    assert "none: masks, round 2: object_iou, validation" in table
    assert "× 2" in table
    status, output = outcome()
    assert (status, output.count("finished earlier")) == (0, 2), output
    assert (tmp_path / "runs/study-short/table.md").read_text() == table
    assert len(list((tmp_path / "runs").glob("2*"))) == 2
