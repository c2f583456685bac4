"""What a stage may record, whatever records it.

Stages are handed a `Tracker`; `pass_ops.tracking.mlflow.MlflowTracker` writes to an MLflow server,
`NullTracker` to nowhere (a REPL, a unit test, a run without `MLFLOW_TRACKING_URI`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class Tracker(Protocol):
    """One run of one stage."""

    def params(self, params: Mapping[str, object]) -> None:
        """Record the stage's settings, once; nested mappings become dotted names."""

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Record figures at `step` (an epoch, or a threshold in percent), in one request."""

    def file(self, path: Path, folder: str) -> None:
        """Keep a copy of `path` (a checkpoint, a picture) under `folder` of the run's artifacts."""

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None:
        """Keep a copy of the folder `path` and make it the newest version of the registered model
        `name`, with `tags`.
        """

    def tag(self, name: str, value: str) -> None:
        """Set a tag of the run."""


class NullTracker:
    """Records nothing."""

    def params(self, params: Mapping[str, object]) -> None: ...

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None: ...

    def file(self, path: Path, folder: str) -> None: ...

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None: ...

    def tag(self, name: str, value: str) -> None: ...
