"""Sending a request to a KFP server, and waiting for the run that it leads to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from pipelines.cluster.errors import SubmissionError
from pipelines.cluster.kfp_server import KfpServer
from pipelines.cluster.request import RunRequest

# States that a run does not leave. `kfp.Client.wait_for_run_completion` of KFP 2.17.0 does not
# know that of a cancelled run, and would wait for ever.
FINAL_STATES = ("SUCCEEDED", "FAILED", "CANCELED", "SKIPPED")
POLL_SECONDS = 15.0


def send_request(server: KfpServer, request: RunRequest, say: Callable[[str], object]) -> str:
    """Upload the pipeline's version unless it is there, and create experiment and run.

    Args:
        server: to send it to.
        request: what to create.
        say: gets a link to each, a line.

    Returns:
        id of the run, or of the recurring run.

    Raises:
        SubmissionError: see `KfpServer.call`.
    """
    client, call = server.client, server.call
    # kfp 2.17.0 prints links of its own, to pages of the UI by older names.
    with redirect_stdout(StringIO()):
        pipeline_id, version_id = _upload(server, request)
        experiment = call(
            client.create_experiment, request.experiment, namespace=server.namespace or None
        ).experiment_id
        common = {
            "params": dict(request.parameters),
            "pipeline_id": pipeline_id,
            "version_id": version_id,
            "service_account": request.service_account or None,
        }
        if request.cron:
            # A run whose time passed while another ran, or while the server was down, is left out.
            schedule = {
                "cron_expression": request.cron,
                "no_catchup": True,
                "max_concurrency": 1,
            }
            recurring_run = call(
                client.create_recurring_run, experiment, request.run, **schedule, **common
            )
            run_id, page = str(recurring_run.recurring_run_id), "recurringrun/details"
        else:
            run = call(client.run_pipeline, experiment, request.run, **common)
            run_id, page = str(run.run_id), "runs/details"
    say(f"version    {server.host}/#/pipelines/details/{pipeline_id}/version/{version_id}")
    say(f"experiment {server.host}/#/experiments/details/{experiment}")
    say(f"run        {server.host}/#/{page}/{run_id}")
    return run_id


def wait_for_run(
    *, server: KfpServer, run_id: str, say: Callable[[str], object], poll: float = POLL_SECONDS
) -> None:
    """Return when a run has succeeded.

    Args:
        server: which runs it.
        run_id: of the run.
        say: gets each new state, a line.
        poll: seconds between two questions.

    Raises:
        SubmissionError: it failed or was cancelled; names the tasks that failed. Or see
            `KfpServer.call`.
    """
    last_state = ""
    while True:
        run = server.call(server.client.get_run, run_id)
        state = run.state or "PENDING"
        if state != last_state:
            say(f"{run.display_name}: {state}")
            last_state = state
        if state == "SUCCEEDED":
            return
        if state in FINAL_STATES:
            raise SubmissionError(f"run {run.display_name} is {state}: {_reason(run)}")
        time.sleep(poll)


def _upload(server: KfpServer, request: RunRequest) -> tuple[str, str]:
    """The ids of a pipeline and its version, uploaded if need be.

    Args:
        server: which has them.
        request: which names them.
    """
    client, call = server.client, server.call
    package = str(request.package)
    pipeline_id = call(client.get_pipeline_id, request.pipeline)
    if pipeline_id is None:
        pipeline_id = call(client.upload_pipeline, package, request.pipeline).pipeline_id
    by_name = {"operation": "EQUALS", "key": "display_name", "stringValue": request.version}
    versions = call(
        client.list_pipeline_versions, pipeline_id, filter=json.dumps({"predicates": [by_name]})
    ).pipeline_versions
    if versions:
        return pipeline_id, versions[0].pipeline_version_id
    version = call(client.upload_pipeline_version, package, request.version, pipeline_id)
    return pipeline_id, version.pipeline_version_id


def _reason(run: Any) -> str:
    """Why a run has failed, as far as the server says."""
    tasks = (run.run_details and run.run_details.task_details) or ()
    failures = [
        f"{task.display_name}{f' ({task.error.message})' if task.error else ''}"
        for task in tasks
        if task.state == "FAILED"
    ]
    general = [run.error.message] if run.error else []
    return "; ".join([*failures, *general]) or "see its page in the KFP UI"
