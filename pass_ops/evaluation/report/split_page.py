"""What an evaluated split looks like: the parts of a page that its folder's files give."""

from __future__ import annotations

import json
import math
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from pass_ops.evaluation.report.bars import class_bars, size_bars
from pass_ops.evaluation.report.confusion import confusion_chart
from pass_ops.evaluation.report.examples import SPAN, strips_html
from pass_ops.evaluation.report.page import folded, html_page, section
from pass_ops.evaluation.report.tables import figure, metrics_table
from pass_ops.evaluation.scoring.evaluate import Evaluation

METRICS, CLASSES = "metrics.json", "classes.json"


def save_classes(folder: Path, scored: Evaluation) -> None:
    """Write `classes.json`: names of the ids 0..K, their IoU and boundary IoU, and the confusion
    matrix.
    """
    values = {
        "names": ["background", *scored.categories],
        "iou": scored.iou.tolist(),
        "boundary_iou": scored.boundary_iou.tolist(),
        "confusion": scored.confusion.tolist(),
    }
    (folder / CLASSES).write_text(json.dumps(values) + "\n")


def split_sections(folder: Path, split: str) -> list[str]:
    """Examples, bars and confusion matrix of an evaluated split, as HTML; nothing where its masks
    are hidden.
    """
    if not (folder / CLASSES).is_file():
        return []
    classes: dict[str, Any] = json.loads((folder / CLASSES).read_text())
    strips = strips_html(folder)
    by_class = "".join(
        f"<h3>{escape(heading)}</h3>{body}" for heading, body in strips.items() if heading != SPAN
    )
    return [
        section(
            f"{split}: image, ground truth, prediction",
            strips[SPAN] + folded("best, median and worst image of each class", by_class),
            f"{SPAN}, at equal steps",
        ),
        section(f"{split}: IoU of each class", class_bars(classes["names"], classes["iou"])),
        section(f"{split}: mIoU by size of the object", size_bars(load_metrics(folder))),
        section(
            f"{split}: where each class's pixels went",
            confusion_chart(classes["names"], np.array(classes["confusion"])),
            "truth by row, prediction by column; the darker, the more of the row's pixels",
        ),
    ]


def split_page(folder: Path, split: str) -> str:
    """A page of one split alone."""
    metrics = load_metrics(folder)
    if not metrics:
        return html_page(
            split, [f"<h1>{split}</h1><p>Its masks are hidden: nothing was scored.</p>"]
        )
    tiles = "".join(
        f'<div class="tile"><b>{figure(metrics[name])}</b><span>{title}</span></div>'
        for name, title in (("miou", "mIoU"), ("acc", "image accuracy"), ("f", "F-measure"))
    )
    header = f'<header><h1>Scores on {split}</h1><div class="tiles">{tiles}</div></header>'
    return html_page(
        f"{split}: PASS",
        [header, *split_sections(folder, split), metrics_table({split: metrics}).html()],
    )


def load_metrics(folder: Path) -> dict[str, float]:
    """The metrics that `evaluate_split` wrote, NaN for null; none where masks are hidden."""
    values: dict[str, float | None] = json.loads((folder / METRICS).read_text())
    return {name: math.nan if value is None else value for name, value in values.items()}
