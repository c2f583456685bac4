"""The threshold curve as a page, and as a part of one."""

from __future__ import annotations

import math
from pathlib import Path

from markupsafe import Markup

from pass_ops.evaluation.curve.chart import curve_chart
from pass_ops.evaluation.curve.curve import load_curve
from pass_ops.evaluation.report.page import html_page, section
from pass_ops.evaluation.report.tables import metrics_table


def curve_page(folder: Path) -> str:
    """A page of the curve in `folder` alone, as HTML."""
    return html_page("Threshold: PASS", [curve_section(folder)])


def curve_section(folder: Path) -> Markup:
    """Chart and table of the curve in `folder`."""
    curve = load_curve(folder)
    chart = curve_chart(curve.points, {choice.by: choice.percent for choice in curve.chosen})
    columns = {
        f"{choice.by}: {choice.percent} %": {
            name: value for name, value in choice.metrics.items() if not math.isnan(value)
        }
        for choice in curve.chosen
    }
    note = "coarse labels on validation; the first threshold is used, the others are for comparison"
    return section(
        heading="Scores by attention threshold", body=chart, table=metrics_table(columns), note=note
    )
