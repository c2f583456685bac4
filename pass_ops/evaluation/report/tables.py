"""The figures of a result as tables, in Markdown and in HTML."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from pass_ops.evaluation.report.result import MaskRow, QualityRow, Result

TITLES = {
    "miou": "mIoU",
    "acc": "image accuracy",
    "f": "F-measure",
    "boundary_miou": "boundary mIoU",
    "miou_s": "mIoU, objects up to 5 %",
    "miou_ms": "mIoU, 5 to 25 %",
    "miou_ml": "mIoU, 25 to 50 %",
    "miou_l": "mIoU, above 50 %",
    "boundary_miou_s": "boundary mIoU, up to 5 %",
    "boundary_miou_ms": "boundary mIoU, 5 to 25 %",
    "boundary_miou_ml": "boundary mIoU, 25 to 50 %",
    "boundary_miou_l": "boundary mIoU, above 50 %",
    "miou_pixel_matched": "mIoU, clusters matched by pixels (not the benchmark's)",
}
NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """Text cells; the first column names the row, the others hold figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """A Markdown table without its title."""
        rule = ("---", *["---:"] * (len(self.header) - 1))
        return (
            "\n".join("| " + " | ".join(row) + " |" for row in (self.header, rule, *self.rows))
            + "\n"
        )

    def text(self) -> str:
        """The table in columns of plain text."""
        rows = (self.header, *self.rows)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(
                (
                    row[0].ljust(widths[0]),
                    *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
                )
            )
            for row in rows
        )

    def html(self) -> str:
        """A section with heading and table."""
        return f"<section><h2>{escape(self.title)}</h2>{self.table()}</section>"

    def table(self) -> str:
        """The table alone, as HTML."""
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in self.header)
        body = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
            for row in self.rows
        )
        return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def markdown_table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """A Markdown table; the first column is text, the others are aligned as figures."""
    return Table("", header, rows).markdown()


def figure(value: float) -> str:
    """Three decimals, or a dash for NaN."""
    return NOTHING if math.isnan(value) else f"{value:.3f}"


def scores_table(result: Result) -> Table:
    """Every metric on validation and test."""
    return metrics_table({name: metrics for name, metrics in _splits(result).items() if metrics})


def metrics_table(columns: Mapping[str, Mapping[str, float]]) -> Table:
    """Every metric that a column has, by columns."""
    named = [
        (name, title)
        for name, title in TITLES.items()
        if any(name in metrics for metrics in columns.values())
    ]
    rows = (
        (title, *(figure(metrics.get(name, math.nan)) for metrics in columns.values()))
        for name, title in named
    )
    return Table("Scores", ("fractions, 0 to 1", *columns), tuple(rows))


def baselines_table(result: Result) -> Table:
    """mIoU of this run beside the baselines."""
    splits = [name for name, metrics in _splits(result).items() if metrics]
    scored = {"this run": _splits(result), **result.baselines}
    rows = (
        (
            name.replace("_", " "),
            *(figure(of.get(split, {}).get("miou", math.nan)) for split in splits),
        )
        for name, of in scored.items()
    )
    return Table("Beside predictions without learning", ("mIoU", *splits), tuple(rows))


def learning_table(result: Result) -> Table:
    """Accuracy of k-means and of nearest neighbours on the features, stage by stage."""
    rows = (
        (row.features, figure(row.kmeans_accuracy), figure(row.knn_accuracy))
        for row in result.learning
    )
    return Table(
        "What the features know",
        ("features", "k-means, train", "neighbours, validation"),
        tuple(rows),
    )


def quality_table(rows: Sequence[QualityRow]) -> Table:
    """Image labels step by step."""
    cells = (
        (row.step, str(row.images), figure(row.coverage), figure(row.accuracy), figure(row.nmi))
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
                figure(value)
                for value in (row.validation_miou, row.test_miou, row.boundary_miou, row.f)
            ),
        )
        for row in rows
    )
    header = ("step", "mIoU, validation", "mIoU, test", "boundary mIoU, test", "F, test")
    return Table("Label maps, step by step", header, tuple(cells))


def stages_table(result: Result) -> Table:
    """Seconds, memory and figure of every stage, and the sum and the maximum."""
    rows = [
        (
            stage.name,
            f"{stage.seconds:.1f}",
            f"{stage.peak_rss_mb:.0f}",
            "yes" if stage.cached else "",
            stage.figure,
        )
        for stage in result.stages
    ]
    seconds = sum(stage.seconds for stage in result.stages)
    memory = max((stage.peak_rss_mb for stage in result.stages), default=0)
    rows.append(("all", f"{seconds:.1f}", f"{memory:.0f}", "", ""))
    return Table("Stages", ("stage", "seconds", "peak MB", "cached", "figure"), tuple(rows))


def _splits(result: Result) -> dict[str, dict[str, float]]:
    return {"validation": result.validation, "test": result.test}
