"""Scores of other seeds, as a real MLflow server keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from pass_ops.config.settings import RunInfo
from pass_ops.evaluation.report.mlflow_page import describe_run
from pass_ops.export.repetitions import scores_by_seed
from pass_ops.tracking.mlflow import open_pipeline_run, open_run
from tests.evaluation.report.example import RESULT

RUN = RunInfo(
    data="photographs",
    profile="smoke",
    seed=31,
    compat="fixed",
    mask_backend="classical",
    overrides={"pretrain.epochs": 3},
    data_digest="0c" * 32,
)


@pytest.fixture
def repeat(client: MlflowClient, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Makes a run of the pipeline with an mIoU on test; returns the scores that its last stage
    finds.
    """

    def repeat(miou: float, **changes: Any) -> dict[str, dict[str, float]]:
        run = replace(RUN, **changes)
        result = replace(RESULT, test={"miou": miou})
        monkeypatch.delenv("MLFLOW_RUN_ID", raising=False)
        experiment = client.get_experiment_by_name("pass-ops")
        experiment_id = (
            experiment.experiment_id if experiment else client.create_experiment("pass-ops")
        )
        monkeypatch.setenv("MLFLOW_RUN_ID", client.create_run(experiment_id).info.run_id)
        describe_run(run, open_pipeline_run())
        with open_run("report") as tracker:
            found = scores_by_seed(run, result, tracker.parent)
            tracker.parent.metrics(result.scores())
        return found

    return repeat


def test_runs_that_differ_in_the_seed_alone_are_found(repeat: Callable[..., Any]) -> None:
    assert list(repeat(0.1)) == ["31"]
    assert repeat(0.2, seed=32)["31"]["test/miou"] == pytest.approx(0.1)
    repeat(0.9, seed=33, data_digest="0d" * 32)
    repeat(0.9, seed=33, overrides={"pretrain.epochs": 4})
    repeat(0.9, seed=33, mask_backend="sam")
    # A seed's newest run counts, and this one's own scores.
    repeat(0.3, seed=32, commit="another")
    found = repeat(0.4, overrides={"pretrain": {"epochs": 3}})
    assert {seed: scores["test/miou"] for seed, scores in found.items()} == {
        "31": pytest.approx(0.4),
        "32": pytest.approx(0.3),
    }


def test_where_mlflow_is_away_there_is_this_run(
    repeat: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    repeat(0.1)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("PASS_SPOOL", str(tmp_path))
    with open_run("report") as tracker:
        assert list(scores_by_seed(RUN, RESULT, tracker.parent)) == ["31"]
    assert "scores of other seeds are not looked for" in capfd.readouterr().out


def test_without_a_server_there_is_this_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    with open_run("report") as tracker:
        assert scores_by_seed(RUN, RESULT, tracker.parent) == {"31": RESULT.scores()}
