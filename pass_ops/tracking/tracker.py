"""What a stage may record, whatever records it.

Stages are handed a `Tracker`; `MlflowTracker` writes to an MLflow server, `NullTracker` to
nowhere (a REPL, a unit test, a run without `MLFLOW_TRACKING_URI`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from pass_ops.paths import WeightsPath


class Tracker(Protocol):
    """One run of one stage."""

    def params(self, params: Mapping[str, object]) -> None:
        """Record the stage's settings, once; nested mappings become dotted names."""

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Record numbers, in as few requests as the server allows.

        Args:
            metrics: by name.
            step: when they hold: an epoch, or a threshold in percent.
        """

    def file(self, path: Path, folder: str) -> None:
        """Keep a copy of a file or folder among the run's artifacts.

        Args:
            path: a checkpoint or a picture, for example.
            folder: of the artifacts, in which it is put under its own name.
        """

    def register(self, path: WeightsPath, name: str, tags: Mapping[str, str]) -> None:
        """Keep a copy of a model and make it the newest version of a registered one.

        Args:
            path: folder of its weights.
            name: of the registered model, which is made if need be.
            tags: of this version.
        """

    def tag(self, name: str, value: str) -> None:
        """Set a tag of the run.

        Args:
            name: of the tag; an earlier value is replaced.
            value: MLflow keeps the first 8000 characters.
        """


class NullTracker:
    """Records nothing."""

    def params(self, params: Mapping[str, object]) -> None: ...

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None: ...

    def file(self, path: Path, folder: str) -> None: ...

    def register(self, path: WeightsPath, name: str, tags: Mapping[str, str]) -> None: ...

    def tag(self, name: str, value: str) -> None: ...
