"""The part of MLflow's REST API that stages use.

MLflow's own client says the same, but its import takes 1.3 s of processor time and 60 MiB, more
than all else that a stage begins with (3.17.2, `benchmarks/stage_start.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import IO, Any
from urllib.parse import quote

from pass_ops.tracking.mlflow_errors import RestError
from pass_ops.tracking.rest_run import Run
from pass_ops.tracking.rest_server import RestServer

ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"


class RestClient:
    """Speaks with an MLflow server, in one thread.

    Every method raises RestError where the server refuses, OSError where it cannot be reached.

    Args:
        address: see `RestServer`.

    Raises:
        StorageError: it is no such address.
    """

    def __init__(self, address: str) -> None:
        self._server = RestServer(address)

    def create_experiment(self, name: str, tags: Mapping[str, str] | None = None) -> str:
        """Make an experiment; returns its id.

        Args:
            name: of the experiment, which no other has.
            tags: that it has from the start.
        """
        answer = self._server.post("experiments/create", name=name, tags=_pairs(tags or {}))
        return str(answer["experiment_id"])

    def experiment(self, name: str) -> dict[str, Any] | None:
        """The experiment of a name, as the API describes it; None if there is none."""
        try:
            answer = self._server.get("experiments/get-by-name", experiment_name=name)
        except RestError as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return None
        experiment: dict[str, Any] = answer["experiment"]
        return experiment

    def delete_experiment(self, experiment_id: str) -> None:
        """Delete an experiment; its name stays taken."""
        self._server.post("experiments/delete", experiment_id=experiment_id)

    def create_run(
        self, *, experiment_id: str, name: str, start: int, tags: Mapping[str, str]
    ) -> str:
        """Make a run; returns its id.

        Args:
            experiment_id: of the experiment that it is in.
            name: of the run.
            start: milliseconds since 1970.
            tags: that it has from the start.
        """
        answer = self._server.post(
            "runs/create",
            experiment_id=experiment_id,
            run_name=name,
            start_time=start,
            tags=_pairs(tags),
        )
        return str(answer["run"]["info"]["run_id"])

    def run(self, run_id: str) -> Run:
        """The run of an id."""
        return Run.of(self._server.get("runs/get", run_id=run_id)["run"])

    def search_runs(self, experiment_id: str, query: str) -> list[Run]:
        """The runs of an experiment that a query finds, 1000 at most.

        Args:
            experiment_id: of the experiment.
            query: in MLflow's language: tags.`name` = 'value'.
        """
        answer = self._server.post("runs/search", experiment_ids=[experiment_id], filter=query)
        return [Run.of(run) for run in answer.get("runs", ())]

    def update_run(self, run_id: str, **changes: str | int) -> None:
        """Change a run.

        Args:
            run_id: of the run.
            changes: of `status`, `end_time` (milliseconds since 1970) and `run_name`.
        """
        self._server.post("runs/update", run_id=run_id, **changes)

    def delete_run(self, run_id: str) -> None:
        """Delete a run."""
        self._server.post("runs/delete", run_id=run_id)

    def set_tag(self, run_id: str, key: str, value: str) -> None:
        """Set a tag of a run.

        Args:
            run_id: of the run.
            key: name of the tag; an earlier value is replaced.
            value: of the tag.
        """
        self._server.post("runs/set-tag", run_id=run_id, key=key, value=value)

    def log_params(self, run_id: str, params: Mapping[str, str]) -> None:
        """Record parameters of a run.

        Args:
            run_id: of the run.
            params: 100 at most, by name.
        """
        self._server.post("runs/log-batch", run_id=run_id, params=_pairs(params))

    def log_metrics(
        self, *, run_id: str, metrics: Mapping[str, float], step: int, time: int
    ) -> None:
        """Record metrics of a run, 1000 at most.

        Args:
            run_id: of the run.
            metrics: by name.
            step: when they hold.
            time: when they were measured, milliseconds since 1970.
        """
        values = [
            {"key": name, "value": _number(value), "timestamp": time, "step": step}
            for name, value in metrics.items()
        ]
        self._server.post("runs/log-batch", run_id=run_id, metrics=values)

    def log_dataset(self, run_id: str, dataset: Mapping[str, str]) -> None:
        """Say what data set a run is of.

        Args:
            run_id: of the run.
            dataset: `name`, `digest`, `source_type`, `source`.
        """
        self._server.post("runs/log-inputs", run_id=run_id, datasets=[{"dataset": dataset}])

    def put_artifact(self, path: str, file: IO[bytes]) -> None:
        """Hand the server an artifact, which it stores for us.

        Args:
            path: below the server's folder of artifacts.
            file: its content.
        """
        self._server.send("PUT", f"{ARTIFACTS}/{quote(path)}", data=file)


def _pairs(values: Mapping[str, str]) -> Sequence[dict[str, str]]:
    """A mapping as the API has it."""
    return [{"key": key, "value": value} for key, value in values.items()]


def _number(value: float) -> float | str:
    """A metric in JSON, which has no word for what is no number: protobuf's names of these."""
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
