"""Stages' records on a real MLflow server whose artifacts are in a real S3 server."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from pass_ops.engine.fetch_model import fetch_model
from pass_ops.tracking.mlflow import EXPERIMENT, open_run
from pass_ops.tracking.mlflow_tracker import MlflowTracker
from pass_ops.tracking.rest_client import RestClient
from pass_ops.tracking.spool.spooled_tracker import SpooledTracker


@pytest.fixture
def parent(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpooledTracker]:
    """A run that stages inherit."""
    with open_run("pass-training") as tracker:
        assert isinstance(tracker, SpooledTracker)
        monkeypatch.setenv("MLFLOW_RUN_ID", tracker.run_id)
        yield tracker


def child_of(client: MlflowClient, parent: SpooledTracker) -> Run:
    """The one run that is nested in another.

    Args:
        client: of the server.
        parent: the other.
    """
    experiment = client.get_run(parent.run_id).info.experiment_id
    (run,) = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent.run_id}'")
    return run


@pytest.mark.usefixtures("client")
def test_mlflows_own_client_is_not_imported_by_a_stage() -> None:
    script = """
import sys
from pass_ops.tracking.mlflow import open_run
with open_run("pretrain") as tracker:
    tracker.metrics({"loss": 1.0})
sys.exit("mlflow" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_metrics_that_are_no_numbers_are_recorded(
    client: MlflowClient, parent: SpooledTracker
) -> None:
    values = {"a": math.nan, "b": math.inf, "c": -math.inf, "d": 3, "e": 1e-12}
    with open_run("pretrain") as tracker:
        tracker.metrics(values, step=-2)
    run_id = child_of(client, parent).info.run_id
    found = {name: client.get_metric_history(run_id, name) for name in values}
    assert {points[0].step for points in found.values()} == {-2}
    # MLflow's database keeps the largest number for infinity.
    recorded = {name: points[0].value for name, points in found.items()}
    assert math.isnan(recorded["a"])
    assert recorded["b"] == -recorded["c"] >= 1.7e308
    assert (recorded["d"], recorded["e"]) == (3.0, 1e-12)


def test_files_keep_their_names(
    client: MlflowClient, parent: SpooledTracker, tmp_path: Path
) -> None:
    names = {"100%", "plain.txt", "with space", "wörd"}
    (tmp_path / "made").mkdir()
    for name in names:
        (tmp_path / "made" / name).write_bytes(b"content")
    with open_run("report") as tracker:
        tracker.file(tmp_path / "made", "models")
    run_id = child_of(client, parent).info.run_id
    found = client.list_artifacts(run_id, "models/made")
    assert {Path(entry.path).name for entry in found} == names


def test_a_stage_records_into_a_run_nested_in_the_inherited_one(
    client: MlflowClient, parent: SpooledTracker, tmp_path: Path
) -> None:
    (tmp_path / "model.safetensors").write_bytes(bytes(1000))
    with open_run("pretrain") as tracker:
        tracker.params(
            {"optimiser": {"rate": 0.6}, "views": [224, 96], **{f"p{i}": i for i in range(150)}}
        )
        for epoch in range(3):
            tracker.metrics({"loss": 4.0 - epoch, "rate": 0.6}, step=epoch)
        tracker.file(tmp_path / "model.safetensors", "checkpoints")
        tracker.tag("label_space", "x" * 9000)
    run = child_of(client, parent)
    assert (run.info.run_name, run.info.status) == ("pretrain", "FINISHED")
    assert (run.data.params["optimiser.rate"], run.data.params["views"]) == ("0.6", "[224, 96]")
    assert len(run.data.params) == 152
    history = client.get_metric_history(run.info.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(0, 4.0), (1, 3.0), (2, 2.0)]
    download = client.download_artifacts(
        run.info.run_id, "checkpoints/model.safetensors", str(tmp_path)
    )
    assert Path(download).read_bytes() == bytes(1000)
    assert run.data.tags["label_space"] == "x" * 8000


def test_a_folder_is_kept_with_what_is_in_it(
    client: MlflowClient, parent: SpooledTracker, tmp_path: Path
) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"png")
    with open_run("report") as tracker:
        tracker.file(tmp_path / "pictures", "predictions")
    run_id = child_of(client, parent).info.run_id
    assert [entry.path for entry in client.list_artifacts(run_id, "predictions/pictures")] == [
        "predictions/pictures/a.png"
    ]


def test_a_file_can_be_kept_under_another_name(
    client: MlflowClient, parent: SpooledTracker, tmp_path: Path
) -> None:
    (tmp_path / "page").write_text("<p>report</p>")
    with open_run("report") as tracker:
        tracker.file(tmp_path / "page", "", "report.html")
    run_id = child_of(client, parent).info.run_id
    download = client.download_artifacts(run_id, "report.html", str(tmp_path))
    assert Path(download).read_text() == "<p>report</p>"


def test_a_failing_stage_leaves_a_failed_run_with_the_line_of_its_error(
    client: MlflowClient, parent: SpooledTracker
) -> None:
    with pytest.raises(ValueError, match="collapsed"), open_run("pretrain"):
        raise ValueError("collapsed after epoch 3\nand more")
    run = child_of(client, parent)
    assert run.info.status == "FAILED"
    assert run.data.tags["error"] == "ValueError: collapsed after epoch 3"


def test_an_interrupted_stage_leaves_a_killed_run(
    client: MlflowClient, parent: SpooledTracker
) -> None:
    with pytest.raises(KeyboardInterrupt), open_run("pretrain"):
        raise KeyboardInterrupt
    assert child_of(client, parent).info.status == "KILLED"


def test_runs_whose_process_is_gone_are_ended(client: MlflowClient, parent: SpooledTracker) -> None:
    experiment = client.get_run(parent.run_id).info.experiment_id
    child = client.create_run(experiment, tags={"mlflow.parentRunId": parent.run_id}).info.run_id
    other = client.create_run(experiment).info.run_id
    MlflowTracker(RestClient(client.tracking_uri), parent.run_id).end_children("KILLED")
    assert client.get_run(child).info.status == "KILLED"
    assert client.get_run(other).info.status == "RUNNING"


def test_without_an_inherited_run_a_stage_opens_its_own(client: MlflowClient) -> None:
    for _ in range(2):  # The second time the experiment exists.
        with open_run("evaluate") as tracker:
            assert isinstance(tracker, SpooledTracker)
            run_id = tracker.run_id
    run = client.get_run(run_id)
    assert "mlflow.parentRunId" not in run.data.tags
    assert client.get_experiment(run.info.experiment_id).name == EXPERIMENT


def test_a_registered_folder_can_be_fetched_by_its_version(
    client: MlflowClient, tmp_path: Path
) -> None:
    (tmp_path / "weights").mkdir()
    for content in (b"first", b"second"):
        (tmp_path / "weights" / "model.safetensors").write_bytes(content)
        (tmp_path / "weights" / "model.json").write_text('{"stage": "", "network": {}, "epoch": 3}')
        with open_run("choose_checkpoint") as tracker:
            tracker.register(tmp_path / "weights", "segmenter", {"masks": "classical"})
    versions = {
        version.version: version for version in client.search_model_versions("name='segmenter'")
    }
    assert {str(number) for number in versions} == {"1", "2"}
    assert all(version.tags["masks"] == "classical" for version in versions.values())
    for number, content in (("1", b"first"), ("2", b"second")):
        fetch_model(f"models:/segmenter/{number}", tmp_path / number)
        assert (tmp_path / number / "model.safetensors").read_bytes() == content
