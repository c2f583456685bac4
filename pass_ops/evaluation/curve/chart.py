"""The threshold curve as an SVG that takes its colours from the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from pass_ops.evaluation.curve.curve import PointScores

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 10, 34
LINES = {
    "miou": ("mIoU", "--mark"),
    "acc": ("image accuracy", "--second"),
    "f": ("F", "--third"),
    "agreement": ("agreement with mirror images", "--soft"),
}


def curve_chart(points: Sequence[PointScores], marks: Mapping[str, int]) -> str:
    """mIoU, image accuracy, F and agreement over the threshold; those that have values.

    Args:
        points: by rising threshold.
        marks: thresholds in percent, 0..100, to mark with a vertical line, by their captions.
    """
    lines = {
        name: [max(getattr(point, name), 0.0) for point in points]
        for name in LINES
        if not any(math.isnan(getattr(point, name)) for point in points)
    }
    top = max(0.1, *(max(values) for values in lines.values()))
    top = min(1.0, -(-top * 10 // 1) / 10)

    def x(percent: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * percent / 100

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    parts = [
        f'<line class="axis" x1="{x(0)}" x2="{x(100)}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.2f}</text>'
        for value in (0, top / 2, top)
    ]
    parts += [
        f'<text x="{x(percent):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">'
        f"{percent}</text>"
        for percent in range(0, 101, 20)
    ]
    parts.append(
        f'<text x="{x(50)}" y="{HEIGHT - 4}" text-anchor="middle">attention threshold, %</text>'
    )
    dashes = ("none", "4 3", "1 3")
    for (name, percent), dash in zip(marks.items(), dashes, strict=False):
        parts.append(
            f'<line x1="{x(percent):.1f}" x2="{x(percent):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" '
            f'stroke="var(--soft)" stroke-dasharray="{dash}">'
            f"<title>{escape(name)}: {percent} %</title></line>"
        )
    for name, values in lines.items():
        path = " ".join(
            f"{x(at.percent):.1f},{y(value):.1f}" for at, value in zip(points, values, strict=True)
        )
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="var({LINES[name][1]})" '
            'stroke-width="2"/>'
        )
    key = "".join(
        f'<li style="--colour:var({LINES[name][1]})">{LINES[name][0]}</li>' for name in lines
    )
    note = "; ".join(f"{name}: {percent} %" for name, percent in marks.items())
    label = escape(f"Scores by attention threshold. {note}")
    return (
        f'<ul class="key">{key}</ul>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" style="width:100%;max-width:560px" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg><p class="note">{escape(note)}</p>'
    )
