"""Lines over an axis as an SVG: the scores over the threshold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from markupsafe import Markup

from pass_ops.evaluation.curve.curve import PointScores
from pass_ops.evaluation.report.templating import html

LINES = {
    "miou": ("mIoU", "--mark"),
    "acc": ("image accuracy", "--second"),
    "f": ("F", "--third"),
    "agreement": ("agreement with mirror images", "--soft"),
}
DASHES = ("none", "4 3", "1 3")


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The axes of a chart: what is where, in pixels.

    Attributes:
        start, end: values at the ends of the axis to the right.
        low, high: of the axis upwards.
        width, height: of the chart.
        left, right, top, bottom: margins around the lines.
    """

    start: float
    end: float
    low: float
    high: float
    width: int = 360
    height: int = 220
    left: int = 34
    right: int = 14
    top: int = 10
    bottom: int = 34

    def x(self, value: float) -> float:
        """Where a value of the axis to the right is."""
        share = (value - self.start) / max(self.end - self.start, 1e-9)
        return round(self.left + (self.width - self.left - self.right) * share, 1)

    def y(self, value: float) -> float:
        """Where a value of the axis upwards is."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.height - self.bottom - (self.height - self.top - self.bottom) * share, 1)

    def line(self, xs: Iterable[float], ys: Iterable[float]) -> str:
        """Points of a line as SVG has them.

        Args:
            xs, ys: values at each, as many.
        """
        return " ".join(f"{self.x(x)},{self.y(y)}" for x, y in zip(xs, ys, strict=True))


def curve_chart(points: Sequence[PointScores], marks: Mapping[str, int]) -> Markup:
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
    frame = Frame(start=0, end=100, low=0, high=top)
    captions = {name: f"{name}: {percent} %" for name, percent in marks.items()}
    note = "; ".join(captions.values())
    percents = [point.percent for point in points]
    return html(
        "chart.html",
        frame=asdict(frame),
        label=f"Scores by attention threshold. {note}",
        axis="attention threshold, %",
        key=[LINES[name] for name in lines],
        scale=[(frame.y(value), value) for value in (0, top / 2, top)],
        ticks=[(frame.x(percent), percent) for percent in range(0, 101, 20)],
        marks=[
            (frame.x(percent), captions[name], dash)
            for (name, percent), dash in zip(marks.items(), DASHES, strict=False)
        ],
        lines=[(frame.line(percents, values), LINES[name][1]) for name, values in lines.items()],
        note=note,
    )
