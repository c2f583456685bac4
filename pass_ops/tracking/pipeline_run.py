"""The MLflow run of a KFP run, in which those of its stages are nested: found, or made.

KFP's MLflow plugin makes one before the first task starts, with the tag `kfp.pipeline_run_id` (KFP
2.17, backend/src/apiserver/plugins/mlflow/run_start.go, BuildKFPTags). Without the plugin the first
stage makes it, with the same tag.

The stage knows its KFP run from the pod's label `pipeline/runid` (backend/src/apiserver/template/
v2_template.go, SetPodMetadataLabels), through an environment variable. As an input the id would be
part of the task's cache key; the key has inputs, command and image, and no environment
(backend/src/v2/cacheutils/cache.go, GenerateCacheKey).
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from pass_ops.tracking.mlflow_errors import RestError
from pass_ops.tracking.mlflow_tracker import now

if TYPE_CHECKING:
    from pass_ops.tracking.rest_client import RestClient

# The plugin's tags.
RUN_ID, RUN_URL = "kfp.pipeline_run_id", "kfp.pipeline_run_url"
PARENT = "mlflow.parentRunId"
# Of a stage's pod: the KFP run, and where people see KFP. `pipelines.placement.task` sets them.
KFP_RUN, KFP_UI = "PASS_KFP_RUN_ID", "KFP_UI_URL"


def pipeline_run(client: RestClient, experiment: str, kfp_run_id: str) -> str:
    """The id of the MLflow run of a KFP run, the same for all that ask, even at the same time.

    Args:
        client: of the server.
        experiment: id of the experiment that it is in, or is made in.
        kfp_run_id: of the KFP run.
    """
    query = f"tags.`{RUN_ID}` = '{kfp_run_id}'"
    for run in client.search_runs(experiment, query):
        return run.run_id
    # Of runs and tags MLflow keeps nothing unique: of two that look, find none and make one, each
    # may miss the other's. Names of experiments are unique, those of deleted ones too, and an
    # experiment is stored in one piece with its tags. So everyone brings a run, and the run that
    # the experiment of this name tells of is the one.
    candidate = client.create_run(
        experiment_id=experiment, name=f"KFP run {kfp_run_id[:8]}", start=now(), tags={}
    )
    chosen = _agreed(client, f"pass-ops: the MLflow run of KFP run {kfp_run_id}", candidate)
    if chosen != candidate:
        client.delete_run(candidate)
    _tag(client, chosen, kfp_run_id)
    return chosen


def kfp_run() -> str:
    """The id of the KFP run that this process is a task of; empty outside of one."""
    return os.environ.get(KFP_RUN, "")


def run_address() -> str:
    """Where people see the KFP run of this process; empty if that is not known."""
    run, ui = kfp_run(), os.environ.get(KFP_UI, "")
    # The plugin's, too, unless it is told another one (BuildKFPRunURL).
    return f"{ui.rstrip('/')}/#/runs/details/{run}" if run and ui else ""


def outermost(client: RestClient, run_id: str) -> str:
    """The run that a run is nested in, at whatever depth; itself if in none.

    Args:
        client: of the server.
        run_id: of the run.
    """
    while parent := client.run(run_id).tags.get(PARENT):
        run_id = parent
    return run_id


def _tag(client: RestClient, run_id: str, kfp_run_id: str) -> None:
    """Tag a run with the id of its KFP run.

    Args:
        client: of the server.
        run_id: of the run.
        kfp_run_id: of the KFP run.
    """
    try:
        client.set_tag(run_id, RUN_ID, kfp_run_id)
    except RestError:
        # MLflow 3.17 refuses one of two that set a new tag at once: its database has it already.
        if client.run(run_id).tags.get(RUN_ID) != kfp_run_id:
            raise


def _agreed(client: RestClient, name: str, value: str) -> str:
    """The value of whoever was first to call this with `name`.

    Args:
        client: of the server.
        name: of an experiment that is made for this, and deleted.
        value: of this caller.
    """
    tag = "value"
    try:
        experiment = client.create_experiment(name, tags={tag: value})
    except RestError as error:
        other = client.experiment(name)
        if other is None:
            raise error
        return next(str(one["value"]) for one in other["tags"] if one["key"] == tag)
    with suppress(RestError):
        client.delete_experiment(experiment)
    return value
