"""The evaluation pipeline on the model that the training pipeline registered."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from kfp.dsl import Artifact
from rich.console import Console

from pass_ops.data.packing.pack import pack
from pass_ops.evaluation.report.result import Result
from pipelines.evaluate_model import evaluation_pipeline
from pipelines.local.package import compile_local
from pipelines.local.pipeline import run_package, stage_names
from pipelines.local.tasks.task_log import TaskLog
from pipelines.local.terminal import Lines
from pipelines.local.threads import VARIABLE
from pipelines.servers.endpoints import DATA_BUCKET, open_endpoints
from pipelines.servers.environment import environment_variables
from tests.integration.short_run import SHORT

NAMES = "pass-segmenter-%"


def evaluate(home: Path, data: Path, folder: Path) -> dict[str, Artifact]:
    """Evaluate the model that was registered last; the pipeline's outputs by name.

    Args:
        home: working folder of the run that registered it, with the servers' stores.
        data: folder of the data set.
        folder: to write to.
    """
    # As the run computed: the same sums.
    with environment_variables({VARIABLE: "1"}), open_endpoints(home / ".pass-ops") as endpoints:
        endpoints.wait_ready()
        from mlflow import MlflowClient

        newest = max(
            MlflowClient().search_model_versions(f"name LIKE '{NAMES}'"),
            key=lambda version: version.creation_timestamp,
        )
        arguments = {
            "model_uri": f"models:/{newest.name}/{newest.version}",
            "data_uri": pack(data, f"s3://{DATA_BUCKET}/evaluated/{{digest}}").uri,
            "profile": "smoke",
            "overrides": SHORT,
        }
        package = folder / "run" / "pipeline.yaml"
        compile_local(evaluation_pipeline, package)
        with TaskLog(folder / "log", Lines(Console(file=StringIO())), stage_names(package)) as log:
            outputs, _ = run_package(
                package=package, arguments=arguments, state=folder, sources=[], cache=False, log=log
            )
    return outputs


@pytest.fixture(scope="module")
def outputs(
    first: Result, home: Path, few_photographs: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Artifact]:
    """What the pipeline hands on for the model of the run `first`."""
    assert first.validation
    return evaluate(home, few_photographs, tmp_path_factory.mktemp("evaluation"))


def test_it_scores_as_after_its_training(first: Result, outputs: dict[str, Artifact]) -> None:
    result = Result.load(Path(outputs["result"].path))
    for split in ("validation", "test"):
        assert getattr(result, split) == pytest.approx(getattr(first, split), nan_ok=True)
    assert result.mask_backend == first.mask_backend


def test_predictions_and_report_are_handed_on(
    outputs: dict[str, Artifact], few_photographs: Path
) -> None:
    for split in ("validation", "test"):
        images = {path.stem for path in (few_photographs / split).rglob("*") if path.is_file()}
        maps = {path.stem for path in Path(outputs[f"{split}_predictions"].path).rglob("*.png")}
        assert maps == images
    page = Path(outputs["report"].path).read_text()
    assert "<html" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
