"""The threshold curve as a file, and as a part of a page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pass_ops.evaluation.curve.chart import curve_chart
from pass_ops.evaluation.curve.threshold_curve import CurvePoint
from pass_ops.evaluation.report.page import html_page, section
from pass_ops.evaluation.report.tables import metrics_table

CURVE, PAGE = "curve.json", "curve.html"


@dataclass(frozen=True)
class ChosenThreshold:
    """A threshold that was chosen somehow, and every metric there (NaN for a size no object
    has).
    """

    by: str
    percent: int
    metrics: dict[str, float]


def save_curve(
    *,
    folder: Path,
    label_space: str,
    pixels: Mapping[str, object],
    points: Sequence[CurvePoint],
    chosen: Sequence[ChosenThreshold],
) -> None:
    """Write `curve.json` and `curve.html` into `folder`.

    Args:
        label_space: of the centroids whose labels were scored.
        pixels: settings that labelled the pixels, which whoever uses a threshold must share.
        points: the whole curve.
        chosen: the thresholds to compare, the one that is used first.
    """
    values = {
        "label_space": label_space,
        "pixels": dict(pixels),
        "points": [
            {name: getattr(point, name) for name in ("percent", "miou", "acc", "f")}
            for point in points
        ],
        "chosen": [
            {
                "by": one.by,
                "percent": one.percent,
                "metrics": {
                    name: value if value == value else None for name, value in one.metrics.items()
                },
            }
            for one in chosen
        ],
    }
    (folder / CURVE).write_text(json.dumps(values, indent=1) + "\n")
    (folder / PAGE).write_text(html_page("Threshold: PASS", [curve_section(folder)]))


def curve_section(folder: Path) -> str:
    """Chart and table of the curve in `folder`."""
    values: dict[str, Any] = json.loads((folder / CURVE).read_text())
    chosen = values["chosen"]
    chart = curve_chart(values["points"], {one["by"]: one["percent"] for one in chosen})
    columns = {
        f"{one['by']}: {one['percent']} %": {
            name: value for name, value in one["metrics"].items() if value is not None
        }
        for one in chosen
    }
    note = "coarse labels on validation; the first threshold is used, the others are for comparison"
    return section("Scores by attention threshold", chart + metrics_table(columns).table(), note)
