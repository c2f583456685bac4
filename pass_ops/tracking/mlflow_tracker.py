"""A tracker that writes into a run of an MLflow server."""

from __future__ import annotations

import time as clock
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pass_ops.tracking.artifacts import keep_artifact
from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.params import flatten
from pass_ops.tracking.registration import register_version
from pass_ops.tracking.tracker import CONTENT, MODEL, SHOWN, Tracker

if TYPE_CHECKING:
    from pass_ops.tracking.rest_client import RestClient

# Limits of MLflow's REST API.
PARAMS_PER_REQUEST, METRICS_PER_REQUEST = 100, 1000
TAG_LENGTH, DIGEST_LENGTH = 8000, 36
T = TypeVar("T")


class MlflowTracker:
    """Records into one MLflow run, as `Tracker` describes.

    Every method raises StorageError when the server cannot be reached or refuses.

    Attributes:
        client: of the server.
        run_id: of the run.
        parent: that of the pipeline that the run's stage belongs to.
    """

    def __init__(
        self, client: RestClient, run_id: str, parent: MlflowTracker | None = None
    ) -> None:
        self.client, self.run_id = client, run_id
        self._parent = parent

    @property
    def parent(self) -> Tracker:
        return self._parent or self

    def params(self, params: Mapping[str, object]) -> None:
        with server_errors():
            for batch in _batches(flatten(params).items(), PARAMS_PER_REQUEST):
                self.client.log_params(self.run_id, dict(batch))

    def metrics(self, metrics: Mapping[str, float], step: int = 0, time: int | None = None) -> None:
        time = now() if time is None else time
        with server_errors():
            for batch in _batches(metrics.items(), METRICS_PER_REQUEST):
                self.client.log_metrics(
                    run_id=self.run_id, metrics=dict(batch), step=step, time=time
                )

    def file(self, path: Path, folder: str, name: str = "") -> None:
        with server_errors():
            keep_artifact(
                client=self.client,
                store=self.client.run(self.run_id).artifact_uri,
                path=path,
                name=f"{folder}/{name or path.name}".lstrip("/"),
            )

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None:
        self.file(path, "", MODEL)
        with server_errors():
            source = f"{self.client.run(self.run_id).artifact_uri}/{MODEL}"
        register_version(run_id=self.run_id, name=name, source=source, tags=tags)

    def tag(self, name: str, value: str) -> None:
        with server_errors():
            self.client.set_tag(self.run_id, name, value[:TAG_LENGTH])

    def dataset(self, *, name: str, digest: str, source: str) -> None:
        data = {"name": name, "digest": digest[:DIGEST_LENGTH]}
        with server_errors():
            self.client.log_dataset(self.run_id, data | {"source_type": "uri", "source": source})

    def title(self, name: str, note: str) -> None:
        with server_errors():
            if name:
                self.client.update_run(self.run_id, run_name=name)
            experiment = self.client.run(self.run_id).experiment_id
        # MLflow's UI, like its REST API, finds artifacts by these addresses (3.17).
        page = f"#/experiments/{experiment}/runs/{self.run_id}/artifacts/"
        content = f"get-artifact?run_uuid={self.run_id}&path="
        text = note.replace(f"({SHOWN}", f"({page}").replace(f"({CONTENT}", f"({content}")
        self.tag("mlflow.note.content", text)

    def finish(self) -> None:
        """Whoever opened the run ends it."""

    def end(self, status: str, time: int | None = None) -> None:
        """End the run.

        Args:
            status: FINISHED, FAILED or KILLED.
            time: milliseconds since 1970; now if None.
        """
        with server_errors():
            self.client.update_run(
                self.run_id, status=status, end_time=now() if time is None else time
            )

    def end_with_stage(self, status: str) -> None:
        """Note that a stage has failed or was killed; whoever opened the run ends it."""

    def end_children(self, status: str, name: str = "") -> None:
        """End the open runs nested in this one: their processes were killed.

        Args:
            status: that they get.
            name: of the runs that are ended; all if empty.
        """
        with server_errors():
            experiment = self.client.run(self.run_id).experiment_id
            query = f"tags.mlflow.parentRunId = '{self.run_id}' and attributes.status = 'RUNNING'"
            for run in self.client.search_runs(experiment, query):
                if name in ("", run.name):
                    self.client.update_run(run.run_id, status=status, end_time=now())


def now() -> int:
    """Milliseconds since 1970, as MLflow counts them."""
    return int(clock.time() * 1000)


def _batches(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """The items in order, in lists of at most `size`.

    Args:
        items: of any number.
        size: ≥ 1; only the last list may be shorter.
    """
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
