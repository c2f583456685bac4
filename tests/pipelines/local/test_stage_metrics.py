"""What stages measured, from what KFP's runner keeps."""

from __future__ import annotations

import json
from pathlib import Path

from pass_ops.evaluation.report.result import Stage
from pipelines.local.stage_metrics import ExecutedTask, stage_metrics

METRICS = {"stage": "pretrain", "seconds": 1.5, "peak_rss_mb": 120.0, "figure": "loss 0.5"}


def test_metrics_of_executed_and_cached_tasks_in_their_order(tmp_path: Path) -> None:
    outputs, cache = tmp_path / "outputs", tmp_path / "cache"
    (outputs / "pass-training-1" / "pretrain").mkdir(parents=True)
    (outputs / "pass-training-1" / "pretrain" / "metrics").write_text(json.dumps(METRICS))
    (outputs / "pass-training-1" / "resolve-config").mkdir()
    cache.mkdir()
    earlier = tmp_path / "metrics"
    earlier.write_text(json.dumps(METRICS | {"stage": "evaluate", "figure": "mIoU 0.2"}))
    entry = {"metrics": {"uri": str(earlier)}}
    (cache / "0123456789abcdef.json").write_text(json.dumps(entry))
    tasks = [
        ExecutedTask("resolve-config"),
        ExecutedTask("pretrain"),
        ExecutedTask("evaluate", "0123456789ab"),
    ]
    assert stage_metrics(tasks, outputs, cache) == (
        Stage(name="pretrain", seconds=1.5, peak_rss_mb=120.0, cached=False, figure="loss 0.5"),
        Stage(name="evaluate", seconds=1.5, peak_rss_mb=120.0, cached=True, figure="mIoU 0.2"),
    )
