"""What each stage of a local run measured: seconds, memory and its main metric."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pass_ops.evaluation.report.result import Stage


@dataclass(frozen=True, kw_only=True)
class ExecutedTask:
    """A task that the runner executed or took from its cache.

    Attributes:
        name: the runner's, not the one that is shown.
        metrics: file of what it measured; None if it measures nothing.
        cached: whether it was taken from the cache.
    """

    name: str
    metrics: Path | None
    cached: bool


def stage_metrics(tasks: Iterable[ExecutedTask]) -> tuple[Stage, ...]:
    """The stages in order of execution, those that measure nothing left out.

    Args:
        tasks: in order of execution.
    """
    measured = ((task, json.loads(task.metrics.read_text())) for task in tasks if task.metrics)
    return tuple(
        Stage(
            name=metrics["stage"],
            seconds=metrics["seconds"],
            peak_rss_mb=metrics["peak_rss_mb"],
            cached=task.cached,
            figure=metrics["figure"],
        )
        for task, metrics in measured
        if "stage" in metrics
    )
