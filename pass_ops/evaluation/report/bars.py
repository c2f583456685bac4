"""Bars of fractions, as HTML that scales with its page: IoU of each class, mIoU of each object
size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.report.tables import figure

GREY = "#8b949e"
SIZE_NAMES = {
    "s": "up to 5 % of the image",
    "ms": "5 to 25 %",
    "ml": "25 to 50 %",
    "l": "above 50 %",
}


def class_bars(names: Sequence[str], iou: Sequence[float]) -> str:
    """IoU of the ids 0..K by `names`, background first, best class next, each in the colour that
    overlays give it.
    """
    colours = [GREY, *(f"rgb({r},{g},{b})" for r, g, b in class_colours(len(names) - 1))]
    order = [0, *(1 + np.argsort(-np.asarray(iou[1:]), kind="stable"))]
    return _bars([(names[i], float(iou[i]), colours[i]) for i in order])


def size_bars(metrics: Mapping[str, float]) -> str:
    """mIoU by object size, of whole regions and of their boundaries."""
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
    share = 0 if math.isnan(value) else 100 * value
    return f'<span>{escape(name)}</span><i style="--share:{share:.1f}%;--colour:{colour}"></i><b>{figure(value)}</b>'
