"""The MLflow run of a stage: where it is, found or made on the server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pass_ops.tracking.fallback import ADDRESS
from pass_ops.tracking.mlflow_errors import RestError, server_errors
from pass_ops.tracking.mlflow_tracker import MlflowTracker
from pass_ops.tracking.pipeline_run import PARENT, outermost, pipeline_run
from pass_ops.tracking.shared_run import SharedRun

if TYPE_CHECKING:
    from pass_ops.tracking.rest_client import RestClient

# Tag of a stage's run: its key.
KEY = "pass.key"


@dataclass(frozen=True, kw_only=True)
class StageRun:
    """What is known of a stage's run before the server is asked.

    Attributes:
        stage: name of the run.
        key: unique: by this tag a run that was made is found again.
        experiment: name of the experiment of runs without a parent, and of KFP runs.
        inherited: `MLFLOW_RUN_ID`; empty if it is not set.
        kfp_run: id of the KFP run; empty outside of one.
        start: when it began, milliseconds since 1970.
    """

    stage: str
    key: str
    experiment: str
    inherited: str
    kfp_run: str
    start: int


class _RunOfAttempts(MlflowTracker):
    """A run that goes on after the stage that left its events behind."""

    def end(self, status: str, time: int | None = None) -> None:
        """Leave it to the attempts that follow, and to KFP."""


def open_stage_run(run: StageRun, late: bool) -> MlflowTracker:
    """The run of a stage, which is made if it is not there.

    Args:
        run: what is known of it.
        late: whether the stage has ended, and left its events behind.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    client = mlflow_client()
    with server_errors():
        parent = run_of_pipeline(client, run, late)
        if run.kfp_run and run.inherited:
            # KFP's MLflow plugin has made it, for all attempts: the last one may have ended it, the
            # next one may be under way.
            if late:
                return _RunOfAttempts(client, run.inherited, parent)
            client.update_run(run.inherited, status="RUNNING", run_name=run.stage)
            return MlflowTracker(client, run.inherited, parent)
        if parent is None:
            experiment, tags = experiment_id(client, run.experiment), {KEY: run.key}
        else:
            experiment = client.run(parent.run_id).experiment_id
            tags = {KEY: run.key, PARENT: parent.run_id}
        for mlflow_run in client.search_runs(experiment, f"tags.`{KEY}` = '{run.key}'"):
            return MlflowTracker(client, mlflow_run.run_id, parent)
        if isinstance(parent, SharedRun) and not late:
            # The attempts before this one: a process that was killed has not ended its run.
            parent.end_children("KILLED", run.stage)
        run_id = client.create_run(
            experiment_id=experiment, name=run.stage, start=run.start, tags=tags
        )
    return MlflowTracker(client, run_id, parent)


def run_of_pipeline(client: RestClient, run: StageRun, late: bool) -> MlflowTracker | None:
    """The run of the pipeline that a stage belongs to; None for a stage that is run alone.

    Args:
        client: of the server.
        run: of the stage.
        late: see `open_stage_run`.
    """
    if run.kfp_run and run.inherited:
        return MlflowTracker(client, outermost(client, run.inherited))
    if run.kfp_run:
        experiment = experiment_id(client, run.experiment)
        shared = SharedRun(client, pipeline_run(client, experiment, run.kfp_run), late)
        shared.begin()
        return shared
    return MlflowTracker(client, run.inherited) if run.inherited else None


def mlflow_client() -> RestClient:
    """A client of the server that the environment names.

    Raises:
        StorageError: what it names is no address.
    """
    from pass_ops.tracking.rest_client import RestClient

    return RestClient(os.environ[ADDRESS])


def experiment_id(client: RestClient, name: str) -> str:
    """The id of an experiment, which is made if need be.

    Args:
        client: of the server.
        name: of the experiment.
    """
    # Created first: of several stages that start at once, one makes it and the others find it.
    try:
        return client.create_experiment(name)
    except RestError as error:
        existing = client.experiment(name)
        if existing is None:
            raise error
        return str(existing["experiment_id"])
