"""What a run of the pipeline achieved, as `result.json` keeps it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pass_ops.evaluation.scoring.names import scoped
from pass_ops.paths import ResultPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.records import read_record
from pass_ops.storage.contents.strict_json import with_null
from pass_ops.storage.kinds import form_of

Metrics = dict[str, float]
Baselines = dict[str, dict[str, Metrics]]
"""Metrics by baseline and split."""

ALONE, COMPLETED = "round 2", "completed"
"""Steps of mask making: what the run's model gives by itself, and what is scored (method 14)."""


@dataclass(frozen=True)
class Learning:
    """How well features tell the classes apart, fractions 0..1 (see `diagnostics.neighbours`).

    Attributes:
        features: name of the network.
        kmeans_accuracy: of k-means on train.
        knn_accuracy: of nearest neighbours on validation.
    """

    features: str
    kmeans_accuracy: float
    knn_accuracy: float


@dataclass(frozen=True, kw_only=True)
class QualityRow:
    """How good a step's image labels are (see `diagnostics.label_quality`).

    Attributes:
        step: its name.
        images: number of images that it labels.
        coverage, accuracy, nmi: fractions 0..1.
    """

    step: str
    images: int
    coverage: float
    accuracy: float
    nmi: float


@dataclass(frozen=True, kw_only=True)
class MaskRow:
    """How good a step's label maps are (see `diagnostics.mask_quality`); fractions 0..1.

    Attributes:
        step: its name.
        validation: `miou` and what limits it (`metrics.DECOMPOSITION`), with the matching found
            there for this step.
        test: the same, `boundary_miou` and `f`, with the same matching.
        matching: the class (1..K) of each cluster; none in results of before 2026-11-27.
    """

    step: str
    validation: Metrics
    test: Metrics
    matching: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a stage took.

    Attributes:
        name: of the stage.
        seconds: wall-clock time.
        peak_rss_mb: peak memory, MiB.
        cached: whether an earlier run's output was used.
        figure: its headline metric for the closing table, such as "miou 0.21".
    """

    name: str
    seconds: float
    peak_rss_mb: float
    cached: bool = False
    figure: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """All that a run measured.

    Metrics are fractions 0..1 by short name, NaN (null in JSON) where they have no value.

    Attributes:
        profile, data, seed, compat: what was run.
        mask_backend: "none", or the promptable segmenter that made masks.
        initial_weights: what all training began with: "random", or whose weights these were.
        selection: what chose the matching, the threshold, the checkpoint, by name (method 0.5,
            rule 3), such as `{"threshold": "validation masks"}`.
        validation, test: metrics of the last segmenter's predictions, completed where the settings
            say so; empty where the split has no masks.
        baselines: baseline -> split -> metrics.
        learning: in order of training, the untrained network first.
        mask_quality: of label maps of validation and test, in order of the steps that make them.
        label_quality: of the training images' labels, in order of the steps that make them.
        label_free: of a data set without classes: what can be told all the same, by name.
        data_digest: of the data set's content.
        overrides: settings on top of the profile's, as chosen.
        commit: of the code, `-dirty` where files differed from it; empty if unknown.
        versions: of this package, of what it depends on most, and of Python, by name.
        date: when the result was put together, ISO 8601 with time zone.
        stages: in order of execution; the pipeline leaves them to what runs it.

    Raises:
        ValueError: metrics of a split without mIoU.
    """

    profile: str
    data: str
    seed: int
    compat: str
    mask_backend: str
    validation: Metrics
    test: Metrics
    initial_weights: str = "random"
    baselines: Baselines = field(default_factory=dict)
    learning: tuple[Learning, ...] = ()
    selection: dict[str, str] = field(default_factory=dict)
    label_quality: tuple[QualityRow, ...] = ()
    mask_quality: tuple[MaskRow, ...] = ()
    label_free: Metrics = field(default_factory=dict)
    data_digest: str = ""
    overrides: dict[str, Any] = field(default_factory=dict)
    commit: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    date: str = ""
    stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        for split, metrics in (("validation", self.validation), ("test", self.test)):
            if metrics and "miou" not in metrics:
                raise ValueError(f"{split}.miou is missing")

    @property
    def alone(self) -> MaskRow | None:
        """How good the model is by itself, where masks that it does not have completed what was
        scored; None where they did not, or nothing was scored.
        """
        rows = {row.step: row for row in self.mask_quality}
        alone, completed = rows.get(ALONE), rows.get(COMPLETED)
        if alone is None or completed is None or replace(completed, step=ALONE) == alone:
            return None
        return alone

    def scores(self) -> dict[str, float]:
        """Every metric of both splits that has a value, by its full name: `test/miou`."""
        splits = {"validation": self.validation, "test": self.test}
        return {
            name: value
            for split, metrics in splits.items()
            for name, value in scoped(split, metrics).items()
            if math.isfinite(value)
        }

    def save(self, path: Path) -> None:
        """Write result.json."""
        with atomic_path(path, form_of(ResultPath)) as part:
            part.write_text(json.dumps(with_null(asdict(self)), indent=1, allow_nan=False) + "\n")

    @classmethod
    def load(cls, path: Path) -> Result:
        """Read result.json.

        Raises:
            ArtifactError: it is not one.
        """
        return read_record(kind=cls, path=path, what="result of a run", advice="run again")
