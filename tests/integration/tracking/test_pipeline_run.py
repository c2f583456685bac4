"""The one MLflow run of a KFP run, on a real MLflow server: with KFP's plugin and without."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType

from pass_ops.tracking.mlflow import open_pipeline_run, open_run
from pass_ops.tracking.pipeline_run import PARENT, RUN_ID, pipeline_run
from pass_ops.tracking.rest_client import RestClient
from pass_ops.tracking.spool.spooled_tracker import SpooledTracker

STAGE = "import sys; from pass_ops.tracking.mlflow import open_run\nwith open_run(sys.argv[1]): ..."


@pytest.fixture
def kfp_run(client: MlflowClient, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001
    """The id of a KFP run that this process is a stage of."""
    name = str(uuid4())
    monkeypatch.setenv("PASS_KFP_RUN_ID", name)
    return name


def runs(client: MlflowClient, view: int = ViewType.ACTIVE_ONLY) -> list[Run]:
    """All runs of the experiments that are not deleted."""
    experiments = [one.experiment_id for one in client.search_experiments()]
    return list(client.search_runs(experiments, run_view_type=view))


def nested(client: MlflowClient, parent: str) -> dict[str, Run]:
    """The runs in another, by name."""
    return {run.info.run_name: run for run in runs(client) if run.data.tags.get(PARENT) == parent}


def parent_of(client: MlflowClient, kfp_run: str) -> Run:
    """The one run of a KFP run."""
    (run,) = [run for run in runs(client) if run.data.tags.get(RUN_ID) == kfp_run]
    return run


def test_eight_that_ask_at_once_get_one_run(client: MlflowClient) -> None:
    experiment = client.create_experiment(str(uuid4()))
    before, kfp_run, racers = len(client.search_experiments()), str(uuid4()), 8
    barrier = Barrier(racers)

    def ask(_: int) -> str:
        barrier.wait()
        return pipeline_run(RestClient(client.tracking_uri), experiment, kfp_run)

    with ThreadPoolExecutor(racers) as pool:
        (chosen,) = set(pool.map(ask, range(racers)))
    assert [run.info.run_id for run in client.search_runs([experiment])] == [chosen]
    assert parent_of(client, kfp_run).info.run_id == chosen
    assert len(client.search_experiments()) == before
    assert pipeline_run(RestClient(client.tracking_uri), experiment, kfp_run) == chosen
    assert pipeline_run(RestClient(client.tracking_uri), experiment, str(uuid4())) != chosen


def test_one_that_missed_the_others_run_still_takes_it(client: MlflowClient) -> None:
    """As if the second had looked before the first one's tag was there."""
    experiment, kfp_run = client.create_experiment(str(uuid4())), str(uuid4())
    first = pipeline_run(RestClient(client.tracking_uri), experiment, kfp_run)
    client.delete_tag(first, RUN_ID)
    assert pipeline_run(RestClient(client.tracking_uri), experiment, kfp_run) == first
    assert parent_of(client, kfp_run).info.run_id == first


def test_two_stages_that_start_at_once_are_nested_in_one_run(
    client: MlflowClient, kfp_run: str
) -> None:
    stages = [
        subprocess.Popen([sys.executable, "-c", STAGE, name], env=os.environ)
        for name in ("pretrain", "measure_baselines")
    ]
    assert [stage.wait(timeout=120) for stage in stages] == [0, 0]
    parent = parent_of(client, kfp_run)
    assert parent.info.status == "RUNNING"
    assert PARENT not in parent.data.tags
    children = nested(client, parent.info.run_id)
    assert children.keys() == {"pretrain", "measure_baselines"}
    assert {run.info.status for run in children.values()} == {"FINISHED"}


def test_the_run_ends_with_a_failed_stage_goes_on_with_its_next_attempt_and_ends_with_the_last(
    client: MlflowClient, kfp_run: str
) -> None:
    with pytest.raises(ValueError, match="collapsed"), open_run("pretrain"):
        raise ValueError("collapsed")
    assert parent_of(client, kfp_run).info.status == "FAILED"
    with open_run("pretrain") as tracker:
        assert isinstance(tracker, SpooledTracker)
        assert tracker.run_id
        assert parent_of(client, kfp_run).info.status == "RUNNING"
    with open_run("report") as tracker:
        tracker.parent.metrics({"test/miou": 0.25})
        tracker.parent.finish()
    parent = parent_of(client, kfp_run)
    assert (parent.info.status, parent.data.metrics) == ("FINISHED", {"test/miou": 0.25})


def test_the_first_task_finds_the_run_that_stages_find(client: MlflowClient, kfp_run: str) -> None:
    open_pipeline_run().tag("pass.profile", "smoke")
    with open_run("pretrain"):
        pass
    parent = parent_of(client, kfp_run)
    assert parent.data.tags["pass.profile"] == "smoke"
    assert nested(client, parent.info.run_id).keys() == {"pretrain"}


def test_with_the_plugin_a_stage_records_into_the_run_that_it_was_given(
    client: MlflowClient, kfp_run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plugin nests a task's run in that of its sub-pipeline, and this in that of the KFP run
    (2.17, backend/src/v2/common/plugins/mlflow/handler.go, OnTaskStart).
    """
    experiment = client.create_experiment(str(uuid4()))
    outer = client.create_run(experiment, tags={RUN_ID: kfp_run}, run_name="KFP's").info.run_id
    box = client.create_run(experiment, tags={PARENT: outer}).info.run_id
    task = client.create_run(experiment, tags={PARENT: box}, run_name="predict-2").info.run_id
    client.set_terminated(task, "FAILED")  # By the launcher, after the attempt before this one.
    monkeypatch.setenv("MLFLOW_RUN_ID", task)
    before = len(runs(client, ViewType.ALL))
    with open_run("predict_test") as tracker:
        assert isinstance(tracker, SpooledTracker)
        tracker.metrics({"foreground": 0.5})
        tracker.parent.metrics({"test/miou": 0.25})
        assert tracker.run_id == task
        assert client.get_run(task).info.status == "RUNNING"
        tracker.parent.finish()
    assert len(runs(client, ViewType.ALL)) == before
    run, parent = client.get_run(task), client.get_run(outer)
    assert (run.info.run_name, run.info.status) == ("predict_test", "FINISHED")
    assert (run.data.metrics, parent.data.metrics) == ({"foreground": 0.5}, {"test/miou": 0.25})
    assert parent.info.status == "RUNNING"  # KFP's API server ends it.


def test_without_kfp_the_inherited_run_is_the_pipelines(
    client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_run("make run") as run:
        assert isinstance(run, SpooledTracker)
        run_id = run.run_id
        monkeypatch.setenv("MLFLOW_RUN_ID", run_id)
        with open_run("report") as tracker:
            tracker.parent.tag("pass.profile", "smoke")
            tracker.parent.finish()
        found = client.get_run(run_id)
        assert (found.info.status, found.data.tags["pass.profile"]) == ("RUNNING", "smoke")
    assert nested(client, run_id).keys() == {"report"}


def test_a_run_has_a_name_a_note_with_links_and_a_data_set(client: MlflowClient) -> None:
    with open_run("x") as tracker:
        assert isinstance(tracker, SpooledTracker)
        run_id = tracker.run_id
        tracker.title("a run", "[report](shown:report.html) ![](content:predictions.png)")
        tracker.dataset(name="shapes", digest="0a" * 32, source="s3://pass-data/shapes")
    run = client.get_run(run_id)
    place = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}/artifacts"
    assert run.info.run_name == "a run"
    assert run.data.tags["mlflow.note.content"] == (
        f"[report]({place}/report.html) "
        f"![](get-artifact?run_uuid={run.info.run_id}&path=predictions.png)"
    )
    (data,) = run.inputs.dataset_inputs
    assert (data.dataset.name, data.dataset.digest) == ("shapes", "0a" * 18)
