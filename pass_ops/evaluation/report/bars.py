"""Bars of fractions, as HTML that scales with its page: IoU by class, mIoU by object size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.report.text_table import decimal

GREY = "#8b949e"
SIZE_NAMES = {
    "s": "up to 5 % of the image",
    "ms": "5 to 25 %",
    "ml": "25 to 50 %",
    "l": "above 50 %",
}


def class_bars(names: Sequence[str], iou: Sequence[float]) -> str:
    """IoU of the background and, from the best, of every class, in the colours of overlays.

    Args:
        names: of the ids 0..K.
        iou: of the ids 0..K, fractions 0..1.
    """
    colours = [GREY, *(f"rgb({r},{g},{b})" for r, g, b in class_colours(len(names) - 1))]
    order = [0, *(1 + np.argsort(-np.asarray(iou[1:]), kind="stable"))]
    return _bars([(names[i], float(iou[i]), colours[i]) for i in order])


def size_bars(metrics: Mapping[str, float]) -> str:
    """mIoU by object size, of whole regions and of their boundaries, from metrics by short name."""
    rows = []
    for size, name in SIZE_NAMES.items():
        rows.append((name, metrics.get(f"miou_{size}", math.nan), "var(--mark)"))
        rows.append(
            ("at boundaries", metrics.get(f"boundary_miou_{size}", math.nan), "var(--second)")
        )
    return _bars(rows)


def _bars(rows: Sequence[tuple[str, float, str]]) -> str:
    return f'<div class="bars">{"".join(_bar(*row) for row in rows)}</div>'


def _bar(name: str, value: float, colour: str) -> str:
    """One row: a name, a bar and a number.

    Args:
        name: of the row.
        value: fraction 0..1, or NaN.
        colour: of the bar, as CSS has it.
    """
    share = 0 if math.isnan(value) else 100 * value
    return (
        f'<span>{escape(name)}</span><i style="--share:{share:.1f}%;--colour:{colour}"></i>'
        f"<b>{decimal(value)}</b>"
    )
