"""Runs of the pipeline that MLflow has of other times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pass_ops.errors import StorageError
from pass_ops.tracking.mlflow import open_pipeline_run
from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.mlflow_tracker import MlflowTracker

if TYPE_CHECKING:
    from pass_ops.tracking.rest_run import Run


def recorded_runs(tags: Mapping[str, str]) -> list[Run]:
    """The runs in this pipeline run's experiment that have all these tags, the newest first.

    None where there is no server, or it is away: what they are asked for can do without them.

    Args:
        tags: values by name, without quotation marks in them.
    """
    query = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
    try:
        tracker = open_pipeline_run()
        if not isinstance(tracker, MlflowTracker):
            return []
        with server_errors():
            experiment = tracker.client.run(tracker.run_id).experiment_id
            return tracker.client.search_runs(experiment, query)
    except StorageError as error:
        print(f"{error}; scores of other seeds are not looked for", flush=True)
        return []
