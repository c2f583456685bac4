"""What each stage of a local run measured: seconds, memory and its figure, from the metrics that it
left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pass_ops.evaluation.report.result import Stage


@dataclass(frozen=True)
class Executed:
    """A task that the runner executed or took from its cache.

    Attributes:
        task: the runner's name of it.
        cache_key: the first digits of the cache entry's key; empty if it was executed.
    """

    task: str
    cache_key: str = ""


def stage_figures(executed: Iterable[Executed], outputs: Path, cache: Path) -> tuple[Stage, ...]:
    """The stages in order of execution, those that measure nothing left out.

    Args:
        outputs: folder of the run's artifacts, `<pipeline>/<task>/<artifact>`.
        cache: folder of the runner's cache entries, `<key>.json`.
    """
    measured = (
        (task, _cached(task, cache) if task.cache_key else _written(task, outputs))
        for task in executed
    )
    return tuple(
        Stage(
            name=figures["stage"],
            seconds=figures["seconds"],
            peak_rss_mb=figures["peak_rss_mb"],
            cached=bool(task.cache_key),
            figure=figures["figure"],
        )
        for task, figures in measured
        if "stage" in figures
    )


def _written(executed: Executed, outputs: Path) -> dict[str, Any]:
    for path in outputs.glob(f"*/{executed.task}/metrics"):
        figures: dict[str, Any] = json.loads(path.read_text())
        return figures
    return {}


def _cached(executed: Executed, cache: Path) -> dict[str, Any]:
    for path in cache.glob(f"{executed.cache_key}*.json"):
        figures: dict[str, Any] = (
            json.loads(path.read_text()).get("metrics", {}).get("metadata", {})
        )
        return figures
    return {}
