"""A run as MLflow's REST API describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the server says of a run.

    Attributes:
        run_id, experiment_id: by which the server knows it and its experiment.
        name: by which people do.
        artifact_uri: where its files are.
        tags: by key.
        metrics: the last value of each, by name.
    """

    run_id: str
    name: str
    experiment_id: str
    artifact_uri: str
    tags: Mapping[str, str]
    metrics: Mapping[str, float]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Run:
        """The run that an answer is about.

        Args:
            answer: with `info` and `data`; the API leaves out what is empty.
        """
        info, data = answer["info"], answer["data"]
        return cls(
            run_id=info["run_id"],
            name=info.get("run_name", ""),
            experiment_id=info["experiment_id"],
            artifact_uri=info["artifact_uri"],
            tags={tag["key"]: tag["value"] for tag in data.get("tags", ())},
            metrics={one["key"]: float(one["value"]) for one in data.get("metrics", ())},
        )
