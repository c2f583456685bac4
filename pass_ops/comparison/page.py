"""The page of a comparison."""

from __future__ import annotations

from pass_ops.comparison.settings import settings_table
from pass_ops.comparison.tables import (
    Runs,
    class_tables,
    metrics_tables,
    stages_table,
    step_tables,
)
from pass_ops.evaluation.report.templating import html
from pass_ops.evaluation.report.text_table import Table


def summary_tables(runs: Runs) -> list[Table]:
    """What differs in settings, and the scores: what a console shows."""
    first, second = runs
    settings = settings_table((first.name, second.name), (first.result, second.result))
    return [settings, *metrics_tables(runs)]


def comparison_page(runs: Runs) -> str:
    """One page of two runs, as HTML."""
    first, second = runs
    settings, *metrics = summary_tables(runs)
    return html(
        "comparison.html",
        title=f"{first.name} and {second.name}: PASS",
        runs=runs,
        same_data=first.result.data_digest == second.result.data_digest,
        settings=settings,
        metrics=metrics,
        classes=class_tables(runs),
        tables=[*step_tables(runs), stages_table(runs)],
        missing=[run.name for run in runs if not run.strips],
    )
