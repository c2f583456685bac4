"""Requests sent by the real `kfp.Client` to a server whose runs the local runner executes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.cluster.errors import SubmissionError
from pipelines.cluster.kfp_server import KfpServer
from pipelines.cluster.submit import send_request, wait_for_run
from tests.integration.cluster.kfp_store import Store
from tests.pipelines.cluster.toy_request import VALUES, VERSION, toy_request


def test_a_run_is_uploaded_executed_and_waited_for(
    toy_package: Path, api: tuple[str, Store]
) -> None:
    host, store = api
    server = KfpServer(host)
    lines: list[str] = []
    run_id = send_request(server, toy_request(toy_package), lines.append)
    wait_for_run(server=server, run_id=run_id, say=lines.append, poll=0.1)
    (pipeline,) = store.pipelines.values()
    version = next(v for v in store.versions.values() if v["display_name"] == VERSION)
    run = store.runs[run_id]
    assert pipeline["display_name"] == "toy"
    assert run["pipeline_version_reference"] == {
        "pipeline_id": pipeline["pipeline_id"],
        "pipeline_version_id": version["pipeline_version_id"],
    }
    assert run["runtime_config"]["parameters"] == VALUES
    assert run["experiment_id"] == store.experiments["trials"]["experiment_id"]
    assert lines == [
        f"version    {host}/#/pipelines/details/{pipeline['pipeline_id']}"
        f"/version/{version['pipeline_version_id']}",
        f"experiment {host}/#/experiments/details/{run['experiment_id']}",
        f"run        {host}/#/runs/details/{run_id}",
        "first: RUNNING",
        "first: SUCCEEDED",
    ]
    assert list((store.folder / run_id / "stages").rglob("report"))
    # The same content again is no new version; the experiment is there.
    uploads = sum("upload" in request for request in store.requests)
    again = send_request(server, toy_request(toy_package, run="second"), lines.append)
    store.processes[again].kill()
    assert sum("upload" in request for request in store.requests) == uploads
    assert len(store.experiments) == 1


def test_a_failed_run_names_its_stage(toy_package: Path, api: tuple[str, Store]) -> None:
    server = KfpServer(api[0])
    run_id = send_request(
        server, toy_request(toy_package, parameters=VALUES | {"overrides": {"fail": True}}), print
    )
    with pytest.raises(SubmissionError, match=r"^run first is FAILED: evaluate \(exit status 1\)$"):
        wait_for_run(server=server, run_id=run_id, say=print, poll=0.1)


def test_a_cancelled_run_is_not_waited_for_for_ever(
    toy_package: Path, api: tuple[str, Store]
) -> None:
    server = KfpServer(api[0])
    run_id = send_request(
        server, toy_request(toy_package, parameters=VALUES | {"overrides": {"seconds": 600}}), print
    )
    server.client.terminate_run(run_id)
    with pytest.raises(SubmissionError, match="run first is CANCELED"):
        wait_for_run(server=server, run_id=run_id, say=print, poll=0.1)


def test_a_recurring_run_has_its_times_and_does_not_pile_up(
    toy_package: Path, api: tuple[str, Store]
) -> None:
    host, store = api
    lines: list[str] = []
    run_id = send_request(
        KfpServer(host),
        toy_request(toy_package, cron="0 30 2 * * 1", service_account="pass-runs"),
        lines.append,
    )
    recurring = store.recurring[run_id]
    assert recurring["trigger"] == {"cron_schedule": {"cron": "0 30 2 * * 1"}}
    assert (recurring["no_catchup"], recurring["max_concurrency"]) == (True, 1)
    assert (recurring["mode"], recurring["service_account"]) == ("ENABLE", "pass-runs")
    assert recurring["runtime_config"]["parameters"] == VALUES
    assert lines[-1] == f"run        {host}/#/recurringrun/details/{run_id}"
    assert not store.runs


def test_a_parameter_that_the_server_does_not_know_is_named_in_one_line(
    toy_package: Path, api: tuple[str, Store]
) -> None:
    host, store = api
    with pytest.raises(SubmissionError) as raised:
        send_request(
            KfpServer(host), toy_request(toy_package, parameters=VALUES | {"colour": "red"}), print
        )
    assert (
        str(raised.value) == f"{host}: refused (400): Input parameter colour is not in the pipeline"
    )
    assert not store.runs
