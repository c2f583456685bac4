"""The page of an evaluated split, and its parts, from the files in the split's folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from markupsafe import Markup

from pass_ops.data.user_files.categories import BACKGROUND
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.files import CLASSES, METRICS, read_values
from pass_ops.evaluation.report.bars import class_bars, size_bars
from pass_ops.evaluation.report.confusion import confusion_chart
from pass_ops.evaluation.report.examples import SAMPLE, SPAN, load_strips
from pass_ops.evaluation.report.tables import metrics_table
from pass_ops.evaluation.report.templating import html
from pass_ops.evaluation.scoring.evaluate import Evaluation
from pass_ops.evaluation.scoring.metrics import HEADINGS, SPLIT_METRICS

TILES = ("miou", "acc", "f")
"""The metrics that a page opens with."""


@dataclass(frozen=True, kw_only=True)
class ClassScores:
    """What `classes.json` holds of the ids 0..K, the background first.

    Attributes:
        names: of the classes.
        iou, boundary_iou: fractions 0..1.
        confusion: pixels by truth (rows) and prediction (columns).

    Raises:
        ValueError: they are of different numbers of ids.
    """

    names: tuple[str, ...]
    iou: tuple[float, ...]
    boundary_iou: tuple[float, ...]
    confusion: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        rows = (self.iou, self.boundary_iou, self.confusion, *self.confusion)
        if len(self.names) < 2 or any(len(row) != len(self.names) for row in rows):
            raise ValueError("values of more or fewer classes than it names")


def save_classes(folder: Path, scores: Evaluation) -> None:
    """Write `classes.json`: name, IoU and boundary IoU of the ids 0..K, and the confusion matrix.

    Args:
        folder: of the split.
        scores: of its predictions.
    """
    values = ClassScores(
        names=(BACKGROUND, *scores.categories),
        iou=tuple(scores.iou.tolist()),
        boundary_iou=tuple(scores.boundary_iou.tolist()),
        confusion=tuple(map(tuple, scores.confusion.tolist())),
    )
    (folder / CLASSES).write_text(json.dumps(asdict(values)) + "\n")


def split_sections(folder: Path, split: str) -> Markup:
    """Examples, bars and confusion matrix; where the split has no masks, examples alone.

    Args:
        folder: what `evaluate_split` wrote.
        split: its name, for headings.
    """
    if not (folder / CLASSES).is_file():
        strips = load_strips(folder, SAMPLE)
        return html("split.html", split=split, classes=None, strips=strips, span=SAMPLE)
    classes = read_values(ClassScores, folder / CLASSES)
    strips = load_strips(folder)
    return html(
        "split.html",
        split=split,
        classes=classes,
        strips={heading: strips[heading] for heading in strips if heading != SAMPLE},
        span=SPAN,
        class_bars=class_bars(classes.names, classes.iou),
        size_bars=size_bars(load_metrics(folder)),
        confusion=confusion_chart(classes.names, np.array(classes.confusion)),
    )


def split_page(folder: Path, split: str, scope: str) -> str:
    """A page of one split alone, as HTML.

    Args:
        folder: what `evaluate_split` writes, all but this page.
        split: its name, for headings.
        scope: how many classes, images, masks and predictions it has, in words.
    """
    metrics = load_metrics(folder)
    return html(
        "split_page.html",
        title=f"{split}: PASS",
        split=split,
        scope=scope,
        headline={HEADINGS[name]: metrics[name] for name in TILES if metrics},
        scores=metrics_table({split: metrics}) if metrics else None,
        sections=split_sections(folder, split),
    )


def load_metrics(folder: Path) -> dict[str, float]:
    """The metrics that `evaluate_split` wrote, NaN for null; none where there are no masks.

    Raises:
        ArtifactError: it did not, or not all of them.
    """
    values = read_values(dict[str, float], folder / METRICS)
    missing = [metric.name for metric in SPLIT_METRICS if values and metric.name not in values]
    if missing:
        raise ArtifactError(f"{folder / METRICS} lacks {', '.join(missing)}: evaluate again")
    return values
