"""A pipeline's run that nobody but its stages can begin and end."""

from __future__ import annotations

from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.mlflow_tracker import MlflowTracker


class SharedRun(MlflowTracker):
    """The MLflow run of a KFP run without KFP's MLflow plugin.

    It is RUNNING from the start of a stage on, ends with a stage that fails, and with the last one.
    """

    def begin(self) -> None:
        """Note that a stage starts: the first one, or one that follows, or is tried again."""
        with server_errors():
            self.client.update_run(self.run_id, status="RUNNING")

    def finish(self) -> None:
        self.end("FINISHED")
