"""The choice of the number of clusters as a part of a page (method 6.7)."""

from __future__ import annotations

import math
from dataclasses import asdict

from markupsafe import Markup

from pass_ops.clustering.count.curve import ClusterCurve
from pass_ops.evaluation.curve.chart import Frame
from pass_ops.evaluation.report.page import section
from pass_ops.evaluation.report.templating import html
from pass_ops.evaluation.report.text_table import Table, decimal

NOTE = "another number: CLUSTERS=20 of make run, or the setting choose_clusters.clusters"


def cluster_section(curve: ClusterCurve) -> Markup:
    """Silhouette and objective of each number that was tried; nothing without any."""
    if not curve.points:
        return Markup()
    rows = (
        (str(at.clusters), decimal(at.silhouette), decimal(at.objective)) for at in curve.points
    )
    table = Table("", ("clusters", "silhouette", "mean squared distance"), tuple(rows))
    heading = f"Number of clusters: {curve.chosen}, by {curve.by}"
    return section(heading=heading, body=_chart(curve), table=table, note=NOTE)


def _chart(curve: ClusterCurve) -> Markup:
    """The silhouette over the number of clusters, on a logarithmic axis."""
    counts = [math.log(at.clusters) for at in curve.points]
    values = [at.silhouette for at in curve.points]
    frame = Frame(start=counts[0], end=counts[-1], low=min(0.0, *values), high=max(0.05, *values))
    ticks = sorted({curve.points[0].clusters, curve.chosen, curve.points[-1].clusters})
    return html(
        "chart.html",
        frame=asdict(frame),
        label=f"Silhouette by number of clusters; {curve.chosen} is the largest",
        axis="clusters",
        key=(),
        scale=[(frame.y(value), value) for value in (frame.low, frame.high)],
        ticks=[(frame.x(math.log(count)), count) for count in ticks],
        marks=[(frame.x(math.log(curve.chosen)), f"chosen: {curve.chosen}", "4 3")],
        lines=[(frame.line(counts, values), "--mark")],
        note="",
    )
