"""The metrics of a result as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pass_ops.evaluation.report.result import MaskRow, QualityRow, Result, Stage
from pass_ops.evaluation.report.text_table import Table, decimal
from pass_ops.evaluation.scoring.metrics import DECOMPOSITION, HEADINGS

FIGURE = 25
"""Characters of a stage's headline metric, which fit 80 columns beside the longest names."""


def scores_table(result: Result) -> Table:
    """Every metric on validation and test."""
    return metrics_table({name: metrics for name, metrics in _splits(result).items() if metrics})


def metrics_table(columns: Mapping[str, Mapping[str, float]]) -> Table:
    """Every metric that a column has, one a row.

    Args:
        columns: metrics by short name (fractions 0..1) by the heading of their column.
    """
    rows = (
        (heading, *(decimal(metrics.get(name, math.nan)) for metrics in columns.values()))
        for name, heading in HEADINGS.items()
        if any(name in metrics for metrics in columns.values())
    )
    return Table("Scores", ("fractions, 0 to 1", *columns), tuple(rows))


def baselines_table(result: Result) -> Table:
    """mIoU of this run beside the baselines."""
    splits = [name for name, metrics in _splits(result).items() if metrics]
    predictions = {"this run": _splits(result), **result.baselines} if splits else {}
    rows = (
        (
            name.replace("_", " "),
            *(decimal(scores.get(split, {}).get("miou", math.nan)) for split in splits),
        )
        for name, scores in predictions.items()
    )
    return Table("Beside predictions without learning", ("mIoU", *splits), tuple(rows))


def learning_table(result: Result) -> Table:
    """Accuracy of k-means and of nearest neighbours on the features, stage by stage."""
    rows = (
        (row.features, decimal(row.kmeans_accuracy), decimal(row.knn_accuracy))
        for row in result.learning
    )
    return Table(
        "What the features know",
        ("features", "k-means, train", "neighbours, validation"),
        tuple(rows),
    )


def label_free_table(result: Result) -> Table:
    """What can be told without masks; only of a data set that has none."""
    rows = (
        (name.replace("_", " "), f"{value:.0f}" if value == round(value) else decimal(value))
        for name, value in result.label_free.items()
    )
    return Table("Without masks", ("figure", "value"), tuple(rows))


def quality_table(rows: Sequence[QualityRow]) -> Table:
    """Image labels step by step."""
    cells = (
        (row.step, str(row.images), decimal(row.coverage), decimal(row.accuracy), decimal(row.nmi))
        for row in rows
    )
    return Table(
        "Image labels, training split",
        ("step", "images", "coverage", "accuracy", "NMI"),
        tuple(cells),
    )


def masks_table(rows: Sequence[MaskRow]) -> Table:
    """Label maps step by step."""
    cells = (
        (
            row.step,
            *(
                decimal(value)
                for value in (
                    row.validation.get("miou", math.nan),
                    *(row.test.get(name, math.nan) for name in ("miou", "boundary_miou", "f")),
                )
            ),
        )
        for row in rows
    )
    header = ("step", "mIoU, validation", "mIoU, test", "boundary mIoU, test", "F, test")
    return Table("Label maps, step by step", header, tuple(cells))


def limits_table(rows: Sequence[MaskRow]) -> Table:
    """What limits the label maps of each step: their masks, or their classes."""
    cells = (
        (row.step, *(decimal(row.validation.get(name, math.nan)) for name in DECOMPOSITION))
        for row in rows
    )
    return Table(
        "What limits them, validation",
        ("step", "true classes", "true masks", "object IoU", "accuracy", "missed"),
        tuple(cells),
    )


def stages_table(stages: Sequence[Stage]) -> Table:
    """Seconds, memory and headline metric of every stage, and the sum and the maximum."""
    rows = [
        (
            stage.name,
            f"{stage.seconds:.1f}",
            f"{stage.peak_rss_mb:.0f}",
            "yes" if stage.cached else "",
            _short(stage.figure),
        )
        for stage in stages
    ]
    seconds = sum(stage.seconds for stage in stages)
    memory = max((stage.peak_rss_mb for stage in stages), default=0)
    rows.append(("all", f"{seconds:.1f}", f"{memory:.0f}", "", ""))
    return Table("Stages", ("stage", "seconds", "peak MB", "cached", "figure"), tuple(rows))


def _short(figure: str) -> str:
    """A headline metric without the beginning of a long name, which the stage's own name tells."""
    while len(figure) > FIGURE and "/" in figure:
        figure = figure.partition("/")[2]
    return figure


def _splits(result: Result) -> dict[str, dict[str, float]]:
    return {"validation": result.validation, "test": result.test}
