"""Charts of an evaluation as PNG, for light and for dark paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pass_ops.evaluation.colours import class_colours
from pass_ops.evaluation.curve import CurvePoint
from pass_ops.evaluation.evaluate import Evaluation

MOST_NAMES = 60  # more class names than this cannot be read on one chart


@dataclass(frozen=True)
class Theme:
    """Colours of paper, text and grid, a matplotlib colour map, and three line colours that differ from the paper."""

    paper: str
    ink: str
    grid: str
    colour_map: str
    lines: tuple[str, str, str]


LIGHT = Theme("#ffffff", "#1f2328", "#d8dee4", "Blues", ("#0072B2", "#D55E00", "#009E73"))
DARK = Theme("#161b22", "#e6edf3", "#3d444d", "cividis", ("#56B4E9", "#E69F00", "#2FC79A"))


def curve_chart(points: Sequence[CurvePoint], chosen: int, theme: Theme = LIGHT) -> bytes:
    """mIoU, image accuracy and F-measure over the threshold, with the chosen percent marked."""
    figure, axes = _figure(4.6, 3.2, theme)
    percents = [point.percent for point in points]
    for name, label, colour in zip(("miou", "acc", "f"), ("mIoU", "image accuracy", "F"), theme.lines, strict=True):
        axes.plot(percents, [getattr(point, name) for point in points], color=colour, label=label, linewidth=2)
    axes.axvline(chosen, color=theme.ink, linestyle=":", label=f"chosen: {chosen} %")
    axes.set(xlabel="attention threshold, %", ylabel="fraction", ylim=(0, None))
    axes.legend(frameon=False, labelcolor=theme.ink, ncols=2, fontsize="small", loc="lower left", bbox_to_anchor=(0, 1))
    return _png(figure)


def iou_chart(evaluation: Evaluation, theme: Theme = LIGHT) -> bytes:
    """IoU of each id 0..K, background first, best class next; names are left out beyond 60 ids."""
    names = ("background", *evaluation.categories)
    order = [0, *(1 + np.argsort(-evaluation.iou[1:], kind="stable"))]
    named = len(names) <= MOST_NAMES
    figure, axes = _figure(4.6, 0.7 + (0.24 * len(names) if named else 5), theme)
    colours = ["#8b949e", *(class_colours(len(names) - 1) / 255)]
    places = np.arange(len(names))
    axes.barh(places, evaluation.iou[order], color=[colours[i] for i in order], height=0.8 if named else 1.0)
    if named:
        for place, value in zip(places, evaluation.iou[order], strict=True):
            axes.text(value + 0.01, place, f"{value:.2f}", color=theme.ink, va="center", fontsize="x-small")
    axes.set_yticks(range(len(names) if named else 0), [names[i] for i in order] if named else [])
    axes.set(xlabel="IoU", xlim=(0, 1), ylim=(len(names) - 0.4, -0.6))
    axes.grid(axis="y", visible=False)
    return _png(figure)


def confusion_chart(evaluation: Evaluation, theme: Theme = LIGHT) -> bytes:
    """Part of each truth id's pixels that went to each predicted id; names are left out beyond 60 ids."""
    names = ("background", *evaluation.categories)
    named = len(names) <= MOST_NAMES
    size = 1.4 + (0.27 * len(names) if len(names) <= 20 else 6)
    figure, axes = _figure(size + 0.8, size, theme)
    shares = evaluation.confusion / np.maximum(evaluation.confusion.sum(axis=1, keepdims=True), 1)
    image = axes.imshow(shares, cmap=theme.colour_map, vmin=0, vmax=1)
    ticks = range(len(names) if named else 0)
    font = "small" if len(names) <= 20 else 5
    axes.set_xticks(ticks, names if named else [], rotation=90, fontsize=font)
    axes.set_yticks(ticks, names if named else [], fontsize=font)
    axes.set(xlabel="predicted", ylabel="ground truth")
    axes.grid(visible=False)
    bar = figure.colorbar(image, ax=axes, fraction=0.046, pad=0.03)
    bar.ax.tick_params(colors=theme.ink)
    return _png(figure)


def _figure(width: float, height: float, theme: Theme) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), dpi=180, facecolor=theme.paper, layout="constrained")
    axes = figure.subplots()
    axes.set_facecolor(theme.paper)
    axes.grid(color=theme.grid, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=theme.ink)
    axes.xaxis.label.set_color(theme.ink)
    axes.yaxis.label.set_color(theme.ink)
    axes.spines[:].set_color(theme.grid)
    return figure, axes


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
