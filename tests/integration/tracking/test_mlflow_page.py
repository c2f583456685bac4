"""What a person sees of a pipeline's run on a real MLflow server."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from PIL import Image

from pass_ops.config.settings import RunInfo
from pass_ops.evaluation.files import CONTACT_SHEET
from pass_ops.evaluation.report.mlflow_page import ResultFiles, describe_run, show_result
from pass_ops.paths import (
    EvaluationPath,
    PagePath,
    ResultPath,
    SegmenterWeightsPath,
)
from pass_ops.tracking.mlflow import open_pipeline_run, open_run
from tests.evaluation.report.example import RESULT

RUN = RunInfo(
    data=f"s3://pass-data/shapes/{'0a' * 32}",
    profile="smoke",
    seed=7,
    compat="fixed",
    mask_backend="classical",
    overrides={"pretrain": {"epochs": 3}},
    data_digest="0a" * 32,
    commit="0123456789ab",
    pipeline_version="0123456789ab-0123abcd",
    name="shapes, tuned",
)


@pytest.fixture
def files(tmp_path: Path) -> ResultFiles:
    """Of a run whose test masks are hidden."""
    weights, validation, test = (tmp_path / name for name in ("weights", "validation", "test"))
    for folder in (weights, validation, test):
        folder.mkdir()
    card = {"stage": "train_segmenter", "network": {}, "epoch": 12, "config_digest": ""}
    (weights / "model.json").write_text(json.dumps(card))
    Image.fromarray(np.zeros((2, 2, 3), np.uint8)).save(validation / CONTACT_SHEET)
    (tmp_path / "page").write_text("<p>report</p>")
    (tmp_path / "result").write_text("{}")
    return ResultFiles(
        result=ResultPath(tmp_path / "result"),
        page=PagePath(tmp_path / "page"),
        weights=SegmenterWeightsPath(weights),
        validation=EvaluationPath(validation),
        test=EvaluationPath(test),
    )


def test_a_kfp_run_opens_with_its_scores_and_says_what_it_is_of(
    client: MlflowClient, files: ResultFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS_KFP_RUN_ID", "1f3a")
    monkeypatch.setenv("KFP_UI_URL", "http://kfp")
    describe_run(RUN, open_pipeline_run())
    with open_run("report") as tracker:
        show_result(RESULT, files, tracker.parent)
    experiment = client.get_experiment_by_name("pass-ops")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id], "tags.`kfp.pipeline_run_id` = '1f3a'")
    assert (run.info.run_name, run.info.status) == ("shapes, tuned", "FINISHED")
    tags = run.data.tags
    assert {
        "kfp.pipeline_run_url": "http://kfp/#/runs/details/1f3a",
        "kfp.run_name": "shapes, tuned",
        "pass.pipeline_version": "0123456789ab-0123abcd",
        "pass.commit": "0123456789ab",
        "mlflow.source.git.commit": "0123456789ab",
        "pass.data": RUN.data,
        "pass.data_digest": "0a" * 32,
        "pass.profile": "smoke",
        "pass.seed": "7",
        "pass.protocol": "unsupervised",
        "pass.masks": "none",
    }.items() <= tags.items()
    assert run.data.params["overrides.pretrain.epochs"] == "3"
    assert run.data.metrics == RESULT.scores()
    assert run.inputs.dataset_inputs[0].dataset.name == "shapes"
    kept = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert kept == {"report.html", "result.json", "predictions.png", "checkpoint"}
    note = tags["mlflow.note.content"]
    assert note.startswith("**mIoU 0.300 on test, 0.250 on validation**\n\n![")
    for part in ("path=predictions.png)", "/report.html)", "checkpoint of epoch 12](#/exp"):
        assert part in note
    assert note.endswith("[KFP run](http://kfp/#/runs/details/1f3a)")


def test_without_a_pipelines_run_nothing_is_described(client: MlflowClient) -> None:
    before = len(client.search_experiments())
    describe_run(RUN, open_pipeline_run())
    assert len(client.search_experiments()) == before
