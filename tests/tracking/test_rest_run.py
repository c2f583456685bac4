"""A run as MLflow's REST API describes it."""

from __future__ import annotations

import math
from typing import Any

from pass_ops.tracking.rest_run import Run

INFO: dict[str, Any] = {
    "run_id": "a1",
    "experiment_id": "7",
    "artifact_uri": "mlflow-artifacts:/7/a1/artifacts",
}


def test_tags_and_metrics_are_found_by_their_names() -> None:
    data = {
        "tags": [{"key": "stage", "value": "pretrain"}],
        # JSON has no word for NaN, the API a text.
        "metrics": [{"key": "loss", "value": 2}, {"key": "miou", "value": "NaN"}],
    }
    run = Run.of({"info": INFO | {"run_name": "first"}, "data": data})
    assert (run.run_id, run.experiment_id, run.name) == ("a1", "7", "first")
    assert run.artifact_uri == INFO["artifact_uri"]
    assert run.tags == {"stage": "pretrain"}
    assert run.metrics.keys() == {"loss", "miou"}
    assert run.metrics["loss"] == 2.0
    assert math.isnan(run.metrics["miou"])


def test_what_is_empty_is_left_out_of_an_answer() -> None:
    run = Run.of({"info": INFO, "data": {}})
    assert (run.name, run.tags, run.metrics) == ("", {}, {})
