"""What stages measured, from the files that they wrote."""

from __future__ import annotations

import json
from pathlib import Path

from pass_ops.evaluation.report.result import Stage
from pipelines.local.tasks.stage_metrics import ExecutedTask, stage_metrics

METRICS = {"stage": "pretrain", "seconds": 1.5, "peak_rss_mb": 120.0, "figure": "loss 0.5"}


def test_metrics_of_executed_and_cached_tasks_in_their_order(tmp_path: Path) -> None:
    now, earlier, other = tmp_path / "now", tmp_path / "earlier", tmp_path / "other"
    now.write_text(json.dumps(METRICS))
    earlier.write_text(json.dumps(METRICS | {"stage": "evaluate", "figure": "mIoU 0.2"}))
    other.write_text(json.dumps({"seconds": 1.0}))
    tasks = [
        ExecutedTask(name="resolve-config", metrics=None, cached=False),
        ExecutedTask(name="pretrain", metrics=now, cached=False),
        ExecutedTask(name="import", metrics=other, cached=False),
        ExecutedTask(name="evaluate", metrics=earlier, cached=True),
    ]
    assert stage_metrics(tasks) == (
        Stage(name="pretrain", seconds=1.5, peak_rss_mb=120.0, cached=False, figure="loss 0.5"),
        Stage(name="evaluate", seconds=1.5, peak_rss_mb=120.0, cached=True, figure="mIoU 0.2"),
    )
