"""A tracker that writes into a run of an MLflow server."""

from __future__ import annotations

import tempfile
import time as clock
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pass_ops.tracking.aliases import give_aliases
from pass_ops.tracking.mlflow_errors import server_errors
from pass_ops.tracking.params import flatten
from pass_ops.tracking.tracker import CONTENT, MODEL, SHOWN, Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

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
        self, client: MlflowClient, run_id: str, parent: MlflowTracker | None = None
    ) -> None:
        self.client, self.run_id = client, run_id
        self._parent = parent

    @property
    def parent(self) -> Tracker:
        return self._parent or self

    def params(self, params: Mapping[str, object]) -> None:
        from mlflow.entities import Param

        with server_errors():
            texts = (Param(*item) for item in flatten(params).items())
            for batch in _batches(texts, PARAMS_PER_REQUEST):
                self.client.log_batch(self.run_id, params=batch)

    def metrics(self, metrics: Mapping[str, float], step: int = 0, time: int | None = None) -> None:
        from mlflow.entities import Metric

        time = now() if time is None else time
        with server_errors():
            values = (Metric(name, float(value), time, step) for name, value in metrics.items())
            for batch in _batches(values, METRICS_PER_REQUEST):
                self.client.log_batch(self.run_id, metrics=batch)

    def file(self, path: Path, folder: str, name: str = "") -> None:
        name = name or path.name
        with server_errors(), tempfile.TemporaryDirectory() as scratch:
            if path.is_dir():
                self.client.log_artifacts(self.run_id, str(path), f"{folder}/{name}".lstrip("/"))
                return
            if name != path.name:  # MLflow keeps a file under the name that it has.
                link = Path(scratch) / name
                link.symlink_to(path.resolve())
                path = link
            self.client.log_artifact(self.run_id, str(path), folder)

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None:
        from mlflow.exceptions import MlflowException

        self.file(path, "", MODEL)
        with server_errors():
            try:
                self.client.create_registered_model(name)
            except MlflowException as error:
                if error.error_code != "RESOURCE_ALREADY_EXISTS":
                    raise
            source = f"{self.client.get_run(self.run_id).info.artifact_uri}/{MODEL}"
            versions = self.client.search_model_versions(f"run_id = '{self.run_id}'")
            for version in versions:
                if (version.name, version.source) == (name, source):
                    break
            else:
                version = self.client.create_model_version(
                    name, source, self.run_id, tags=dict(tags)
                )
            give_aliases(self.client, name, str(version.version))

    def tag(self, name: str, value: str) -> None:
        with server_errors():
            self.client.set_tag(self.run_id, name, value[:TAG_LENGTH])

    def dataset(self, *, name: str, digest: str, source: str) -> None:
        from mlflow.entities import Dataset, DatasetInput

        data = Dataset(name, digest[:DIGEST_LENGTH], source_type="uri", source=source)
        with server_errors():
            self.client.log_inputs(self.run_id, [DatasetInput(data)])

    def title(self, name: str, note: str) -> None:
        with server_errors():
            if name:
                self.client.update_run(self.run_id, name=name)
            experiment = self.client.get_run(self.run_id).info.experiment_id
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
            self.client.set_terminated(self.run_id, status, time)

    def end_with_stage(self, status: str) -> None:
        """Note that a stage has failed or was killed; whoever opened the run ends it."""

    def end_children(self, status: str, name: str = "") -> None:
        """End the open runs nested in this one: their processes were killed.

        Args:
            status: that they get.
            name: of the runs that are ended; all if empty.
        """
        with server_errors():
            experiment = self.client.get_run(self.run_id).info.experiment_id
            query = f"tags.mlflow.parentRunId = '{self.run_id}' and attributes.status = 'RUNNING'"
            for run in self.client.search_runs([experiment], query):
                if name in ("", run.info.run_name):
                    self.client.set_terminated(run.info.run_id, status)


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
