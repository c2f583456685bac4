"""A request to run the pipeline of `toy.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.cluster.request import RunRequest
from pipelines.compile import compile_pipeline
from pipelines.packages.documents import documents_of
from tests.pipelines.local.toy import toy_pipeline

VERSION = "0123456789ab-1"
VALUES = {"data_uri": "s3://a/b", "profile": "toy", "seed": 31, "compat": "fixed", "overrides": {}}


def compile_toy(folder: Path) -> Path:
    """The compiled pipeline, written into `folder`."""
    package = folder / "toy.yaml"
    compile_pipeline(toy_pipeline, package)
    return package


def toy_request(package: Path, **changes: Any) -> RunRequest:
    """A request for a run named `first`.

    Args:
        package: see `compile_toy`.
        changes: fields of the request that are to be others.
    """
    spec, _ = documents_of(package)
    fields: dict[str, Any] = {
        "package": package,
        "pipeline": spec["pipelineInfo"]["name"],
        "version": VERSION,
        "experiment": "trials",
        "run": "first",
        "parameters": VALUES,
    }
    return RunRequest(**{**fields, **changes})
