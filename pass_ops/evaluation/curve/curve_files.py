"""The threshold curve as files: for people to look at, and for stages that use its threshold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pass_ops.evaluation.curve.curve import PointScores, ThresholdChoice, load_curve
from pass_ops.evaluation.curve.page import curve_page
from pass_ops.evaluation.files import CURVE, CURVE_PAGE
from pass_ops.paths import CurvePath
from pass_ops.storage.contents.strict_json import with_null


def save_curve(
    *,
    folder: Path,
    label_space: str,
    pixels: Mapping[str, object],
    points: Sequence[PointScores],
    choices: Sequence[ThresholdChoice],
) -> None:
    """Write `curve.json` and `curve.html` into `folder`.

    Args:
        folder: to write into; it exists.
        label_space: of the centroids whose labels were scored.
        pixels: settings that labelled the pixels, which whoever uses a threshold must share.
        points: the whole curve.
        choices: the thresholds to compare, the one that is used first.
    """
    values = {
        "label_space": label_space,
        "pixels": dict(pixels),
        "points": [asdict(point) for point in points],
        "chosen": [
            {"by": choice.by, "percent": choice.percent, "metrics": choice.metrics}
            for choice in choices
        ],
    }
    (folder / CURVE).write_text(json.dumps(with_null(values), indent=1, allow_nan=False) + "\n")
    (folder / CURVE_PAGE).write_text(curve_page(folder), encoding="utf-8")


@dataclass(frozen=True)
class SearchedThreshold:
    """The threshold of a curve that is used.

    Attributes:
        threshold: 0…1.
        label_space: of the centroids that it was searched with.
        pixels: settings that labelled the pixels.
    """

    threshold: float
    label_space: str
    pixels: dict[str, object]


def load_searched_threshold(folder: CurvePath) -> SearchedThreshold:
    """Read the first of the thresholds that `save_curve` wrote, the one that is used.

    Raises:
        ArtifactError: the folder holds no curve.
    """
    curve = load_curve(folder)
    return SearchedThreshold(curve.chosen[0].percent / 100, curve.label_space, curve.pixels)
