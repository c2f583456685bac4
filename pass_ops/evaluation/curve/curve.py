"""The threshold curve as `curve.json` holds it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pass_ops.evaluation.files import CURVE
from pass_ops.storage.contents.records import read_record


@dataclass(frozen=True, kw_only=True)
class PointScores:
    """Scores at one threshold, NaN (null in JSON) without a value.

    Attributes:
        percent: of attention, 0..100.
        agreement: of images and their mirror images, Cohen's kappa, up to 1.
        miou, acc, f: fractions 0..1; without a value where there are no masks.
    """

    percent: int
    agreement: float = math.nan
    miou: float = math.nan
    acc: float = math.nan
    f: float = math.nan


@dataclass(frozen=True)
class ThresholdChoice:
    """A threshold that a rule would choose.

    Attributes:
        by: the rule, as pages name it.
        percent: of attention, 0..100.
        metrics: every metric at that threshold, by short name; NaN without a value.
    """

    by: str
    percent: int
    metrics: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Scores by threshold.

    Attributes:
        label_space: of the centroids whose labels were scored.
        pixels: settings that labelled the pixels, which whoever uses a threshold must share.
        points: the whole curve, by rising threshold.
        chosen: the thresholds to compare, the one that is used first.

    Raises:
        ValueError: there is no point or no choice, or a number is out of range.
    """

    label_space: str
    pixels: dict[str, Any]
    points: tuple[PointScores, ...]
    chosen: tuple[ThresholdChoice, ...]

    def __post_init__(self) -> None:
        if not self.points or not self.chosen:
            raise ValueError("no threshold in it")
        percents = [at.percent for at in self.points] + [choice.percent for choice in self.chosen]
        if not all(0 <= percent <= 100 for percent in percents):
            raise ValueError("a threshold is outside 0..100 %")
        scores = [score for at in self.points for score in (at.miou, at.acc, at.f)]
        if not all(0 <= score <= 1 for score in scores if not math.isnan(score)):
            raise ValueError("a score is outside 0..1")


def load_curve(folder: Path) -> Curve:
    """Read `curve.json`.

    Raises:
        ArtifactError: the folder holds no curve.
    """
    return read_record(
        kind=Curve, path=folder / CURVE, what="threshold curve", advice="run search_threshold again"
    )
