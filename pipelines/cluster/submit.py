"""Sending a pipeline to a KFP server, and waiting for its run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from pipelines.cluster.kfp_server import KfpServer, SubmissionError
from pipelines.cluster.request import Submission

# States that a run does not leave; kfp's own wait does not know that of a cancelled one.
ENDED = ("SUCCEEDED", "FAILED", "CANCELED", "SKIPPED")
POLL_SECONDS = 15.0


def submit(server: KfpServer, submission: Submission, say: Callable[[str], object]) -> str:
    """Upload the pipeline's version unless it is there, and create experiment and run; `say` gets a
    link to each.

    Returns:
        id of the run, or of the recurring run.

    Raises:
        SubmissionError: see `KfpServer.call`.
    """
    client, call = server.client, server.call
    with redirect_stdout(
        StringIO()
    ):  # kfp prints links of its own, to pages of the UI by older names.
        pipeline_id, version_id = _upload(server, submission)
        experiment = call(
            client.create_experiment, submission.experiment, namespace=server.namespace or None
        ).experiment_id
        common = {
            "params": dict(submission.parameters),
            "pipeline_id": pipeline_id,
            "version_id": version_id,
            "service_account": submission.service_account or None,
        }
        if submission.cron:
            schedule = {
                "cron_expression": submission.cron,
                "no_catchup": True,
                "max_concurrency": 1,
            }
            made = call(
                client.create_recurring_run, experiment, submission.run, **schedule, **common
            )
            path = f"recurringrun/details/{made.recurring_run_id}"
        else:
            made = call(client.run_pipeline, experiment, submission.run, **common)
            path = f"runs/details/{made.run_id}"
    say(f"version    {server.host}/#/pipelines/details/{pipeline_id}/version/{version_id}")
    say(f"experiment {server.host}/#/experiments/details/{experiment}")
    say(f"run        {server.host}/#/{path}")
    return str(made.recurring_run_id if submission.cron else made.run_id)


def wait(
    *, server: KfpServer, run_id: str, say: Callable[[str], object], poll: float = POLL_SECONDS
) -> None:
    """Return when the run has succeeded; `say` gets each new state.

    Raises:
        SubmissionError: it failed or was cancelled; names the tasks that failed. Or see
            `KfpServer.call`.
    """
    shown = ""
    while True:
        run = server.call(server.client.get_run, run_id)
        state = run.state or "PENDING"
        if state != shown:
            say(f"{run.display_name}: {state}")
            shown = state
        if state == "SUCCEEDED":
            return
        if state in ENDED:
            raise SubmissionError(f"run {run.display_name} is {state}: {_reason(run)}")
        time.sleep(poll)


def _upload(server: KfpServer, submission: Submission) -> tuple[str, str]:
    """Ids of the pipeline and of the version."""
    client, call = server.client, server.call
    package = str(submission.package)
    pipeline_id = call(client.get_pipeline_id, submission.pipeline)
    if pipeline_id is None:
        pipeline_id = call(client.upload_pipeline, package, submission.pipeline).pipeline_id
    named = {
        "predicates": [
            {"operation": "EQUALS", "key": "display_name", "stringValue": submission.version}
        ]
    }
    there = call(
        client.list_pipeline_versions, pipeline_id, filter=json.dumps(named)
    ).pipeline_versions
    version = (
        there[0]
        if there
        else call(client.upload_pipeline_version, package, submission.version, pipeline_id)
    )
    return pipeline_id, version.pipeline_version_id


def _reason(run: Any) -> str:
    tasks = (run.run_details and run.run_details.task_details) or ()
    failed = [task for task in tasks if task.state == "FAILED"]
    told = [
        f"{task.display_name}{f' ({task.error.message})' if task.error else ''}" for task in failed
    ]
    general = [run.error.message] if run.error else []
    return "; ".join([*told, *general]) or "see its page in the KFP UI"
