"""The MLflow run that a study's runs are nested in."""

from __future__ import annotations

import os

from pass_ops.tracking.mlflow import EXPERIMENT
from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.mlflow_tracker import MlflowTracker, now
from pass_ops.tracking.stage_run import experiment_id, mlflow_client

STUDY = "pass.study"
"""Tag of a study's run: its name."""


def open_parent(study: str) -> MlflowTracker:
    """The run of a study on the server that the environment names, made if it is not there.

    A study that goes on has the run that it had.

    Args:
        study: its name, without quotation marks.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    client = mlflow_client()
    with server_errors():
        experiment = experiment_id(client, os.environ.get("MLFLOW_EXPERIMENT_NAME", EXPERIMENT))
        runs = client.search_runs(experiment, f"tags.`{STUDY}` = '{study}'")
        if runs:
            client.update_run(runs[0].run_id, status="RUNNING")
            return MlflowTracker(client, runs[0].run_id)
        run_id = client.create_run(
            experiment_id=experiment, name=f"study {study}", start=now(), tags={STUDY: study}
        )
    return MlflowTracker(client, run_id)
