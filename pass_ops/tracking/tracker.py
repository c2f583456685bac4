"""What a stage may record, whatever records it.

Stages are handed a `Tracker`; `MlflowTracker` writes to an MLflow server, `NullTracker` to
nowhere (a REPL, a unit test, a run without `MLFLOW_TRACKING_URI`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

SHOWN, CONTENT = "shown:", "content:"
"""In a note: begin the address of an artifact as MLflow's UI shows it, and of its bytes."""


MODEL = "model"
"""The artifact that a registered model is."""


class Tracker(Protocol):
    """One run of one stage, or of a whole pipeline."""

    @property
    def parent(self) -> Tracker:
        """The run of the whole pipeline; of a stage that is run alone, its own."""

    def params(self, params: Mapping[str, object]) -> None:
        """Record the stage's settings, once; nested mappings become dotted names."""

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Record numbers, in as few requests as the server allows.

        Args:
            metrics: by name.
            step: when they hold: an epoch, or a threshold in percent.
        """

    def file(self, path: Path, folder: str, name: str = "") -> None:
        """Keep a copy of a file or folder among the run's artifacts.

        Args:
            path: a checkpoint or a picture, for example.
            folder: of the artifacts, in which it is put.
            name: that it gets there; its own if empty.
        """

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None:
        """Keep a copy of a model, as the run's artifact `MODEL`, and make it the newest version of
        a registered one, with aliases (`tracking.aliases`).

        Args:
            path: its folder.
            name: of the registered model, which is made if need be.
            tags: of this version.
        """

    def tag(self, name: str, value: str) -> None:
        """Set a tag of the run.

        Args:
            name: of the tag; an earlier value is replaced.
            value: MLflow keeps the first 8000 characters.
        """

    def dataset(self, *, name: str, digest: str, source: str) -> None:
        """Say what data set the run is of.

        Args:
            name: for people.
            digest: of its content; MLflow keeps the first 36 characters.
            source: its address.
        """

    def title(self, name: str, note: str) -> None:
        """Name the run, and describe it; an earlier name and note are replaced.

        Args:
            name: of the run; the one that it has if empty.
            note: Markdown; `SHOWN` and `CONTENT` begin addresses among the run's artifacts.
        """

    def finish(self) -> None:
        """Say that no stage follows; needed where nobody but the stages can end the run."""


class NullTracker:
    """Records nothing."""

    @property
    def parent(self) -> Tracker:
        return self

    def params(self, params: Mapping[str, object]) -> None: ...

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None: ...

    def file(self, path: Path, folder: str, name: str = "") -> None: ...

    def register(self, path: Path, name: str, tags: Mapping[str, str]) -> None: ...

    def tag(self, name: str, value: str) -> None: ...

    def dataset(self, *, name: str, digest: str, source: str) -> None: ...

    def title(self, name: str, note: str) -> None: ...

    def finish(self) -> None: ...
