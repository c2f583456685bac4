"""Bars of fractions, as HTML that scales with its page: IoU by class, mIoU by object size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.report.templating import html

GREY = "#8b949e"
SIZE_NAMES = {
    "s": "up to 5 % of the image",
    "ms": "5 to 25 %",
    "ml": "25 to 50 %",
    "l": "above 50 %",
}


def class_bars(names: Sequence[str], iou: Sequence[float]) -> Markup:
    """IoU of the background and, from the best, of every class, in the colours of overlays.

    Args:
        names: of the ids 0..K.
        iou: of the ids 0..K, fractions 0..1.
    """
    colours = [GREY, *(f"rgb({r},{g},{b})" for r, g, b in class_colours(len(names) - 1))]
    order = [0, *(1 + np.argsort(-np.asarray(iou[1:]), kind="stable"))]
    return _bars([(names[i], float(iou[i]), colours[i]) for i in order])


def size_bars(metrics: Mapping[str, float]) -> Markup:
    """mIoU by object size, of whole regions and of their boundaries, from metrics by short name."""
    rows = []
    for size, name in SIZE_NAMES.items():
        rows.append((name, metrics.get(f"miou_{size}", math.nan), "var(--mark)"))
        rows.append(
            ("at boundaries", metrics.get(f"boundary_miou_{size}", math.nan), "var(--second)")
        )
    return _bars(rows)


def _bars(rows: Sequence[tuple[str, float, str]]) -> Markup:
    """Rows of a name, a fraction 0..1 or NaN, and the colour of its bar as CSS has it."""
    values = [
        {
            "name": name,
            "value": value,
            "share": 0 if math.isnan(value) else 100 * value,
            "colour": colour,
        }
        for name, value, colour in rows
    ]
    return html("bars.html", rows=values)
