"""What each stage of a local run measured: seconds, memory and its main metric."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pass_ops.evaluation.report.result import Stage


@dataclass(frozen=True)
class ExecutedTask:
    """A task that the runner executed or took from its cache.

    Attributes:
        name: the runner's, not the one that is shown.
        cache_key: the first digits of the cache entry's key; empty if it was executed.
    """

    name: str
    cache_key: str = ""


def stage_metrics(tasks: Iterable[ExecutedTask], outputs: Path, cache: Path) -> tuple[Stage, ...]:
    """The stages in order of execution, those that measure nothing left out.

    Args:
        tasks: in order of execution.
        outputs: folder of the run's artifacts, `<pipeline>/<task>/<artifact>`.
        cache: folder of the runner's cache entries, `<key>.json`.
    """
    measurements = (
        (task, _cached(task, cache) if task.cache_key else _written(task, outputs))
        for task in tasks
    )
    return tuple(
        Stage(
            name=metrics["stage"],
            seconds=metrics["seconds"],
            peak_rss_mb=metrics["peak_rss_mb"],
            cached=bool(task.cache_key),
            figure=metrics["figure"],
        )
        for task, metrics in measurements
        if "stage" in metrics
    )


def _written(task: ExecutedTask, outputs: Path) -> dict[str, Any]:
    """The metrics that a task wrote; none if it has none.

    Args:
        task: which was executed.
        outputs: folder of the run's artifacts.
    """
    for path in outputs.glob(f"*/{task.name}/metrics"):
        metrics: dict[str, Any] = json.loads(path.read_text())
        return metrics
    return {}


def _cached(task: ExecutedTask, cache: Path) -> dict[str, Any]:
    """The metrics that a cached task once wrote; none if it has none.

    Args:
        task: which was taken from the cache.
        cache: folder of the entries.
    """
    # KFP 2.17.0 copies nothing of a cached task into the run's folder, and logs 12 digits of a key.
    for path in cache.glob(f"{task.cache_key}*.json"):
        if artifact := json.loads(path.read_text()).get("metrics"):
            metrics: dict[str, Any] = json.loads(Path(artifact["uri"]).read_text())
            return metrics
    return {}
