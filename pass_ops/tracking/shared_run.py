"""A pipeline's run that nobody but its stages can begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.mlflow_tracker import MlflowTracker

if TYPE_CHECKING:
    from pass_ops.tracking.rest_client import RestClient


class SharedRun(MlflowTracker):
    """The MLflow run of a KFP run without KFP's MLflow plugin.

    It is RUNNING from the start of a stage on, ends with a stage that fails, and with the last one.

    Args:
        client, run_id: as of `MlflowTracker`.
        late: whether the stage has ended long ago: what it says of its own end is no news then.
    """

    def __init__(self, client: RestClient, run_id: str, late: bool) -> None:
        super().__init__(client, run_id)
        self._late = late

    def begin(self) -> None:
        """Note that a stage starts: the first one, or one that follows, or is tried again."""
        if not self._late:
            with server_errors():
                self.client.update_run(self.run_id, status="RUNNING")

    def finish(self) -> None:
        self.end("FINISHED")

    def end_with_stage(self, status: str) -> None:
        if not self._late:
            self.end(status)
