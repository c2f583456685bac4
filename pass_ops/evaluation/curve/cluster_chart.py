"""The choice of the number of clusters as a part of a page (method 6.7)."""

from __future__ import annotations

import math

from pass_ops.clustering.count.curve import ClusterCurve
from pass_ops.evaluation.curve.chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from pass_ops.evaluation.report.page import section
from pass_ops.evaluation.report.text_table import Table, decimal

NOTE = "another number: CLUSTERS=20 of make run, or the setting choose_clusters.clusters"


def cluster_section(curve: ClusterCurve) -> str:
    """Silhouette and objective of each number that was tried, as HTML; nothing without any."""
    if not curve.points:
        return ""
    rows = (
        (str(at.clusters), decimal(at.silhouette), decimal(at.objective)) for at in curve.points
    )
    table = Table("", ("clusters", "silhouette", "mean squared distance"), tuple(rows))
    heading = f"Number of clusters: {curve.chosen}, by {curve.by}"
    return section(heading, _chart(curve) + table.table(), NOTE)


def _chart(curve: ClusterCurve) -> str:
    """The silhouette over the number of clusters, on a logarithmic axis, as SVG."""
    counts = [math.log(at.clusters) for at in curve.points]
    values = [at.silhouette for at in curve.points]
    low, high = min(0.0, *values), max(0.05, *values)

    def x(count: float) -> float:
        span = max(counts[-1] - counts[0], 1e-9)
        return LEFT + (WIDTH - LEFT - RIGHT) * (count - counts[0]) / span

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low)

    ticks = "".join(
        f'<text x="{x(math.log(count)):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">'
        f"{count}</text>"
        for count in sorted({curve.points[0].clusters, curve.chosen, curve.points[-1].clusters})
    )
    scale = "".join(
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.2f}</text>'
        for v in (low, high)
    )
    path = " ".join(f"{x(c):.1f},{y(v):.1f}" for c, v in zip(counts, values, strict=True))
    chosen = x(math.log(curve.chosen))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" style="width:100%;max-width:560px" role="img" '
        f'aria-label="Silhouette by number of clusters; {curve.chosen} is the largest">'
        f"{scale}{ticks}"
        f'<line x1="{chosen:.1f}" x2="{chosen:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" '
        'stroke="var(--soft)" stroke-dasharray="4 3"/>'
        f'<polyline points="{path}" fill="none" stroke="var(--mark)" stroke-width="2"/>'
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 4}" text-anchor="middle">'
        "clusters</text></svg>"
    )
