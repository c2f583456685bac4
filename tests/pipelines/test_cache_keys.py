"""What KFP's caches go by in the compiled pipelines: nothing that can change its meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pass_ops.graph.evaluation import model_evaluation
from pass_ops.graph.recorder import Parameter, record
from pass_ops.graph.training import training
from pipelines.compile import cluster_pipelines, compile_pipeline

PIPELINES = {"training": training, "evaluation": model_evaluation}
ADDRESSES = {"data_uri", "model_uri", "mask_weights"}


@pytest.fixture(scope="module", params=PIPELINES)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A compiled pipeline."""
    path: Path = tmp_path_factory.mktemp("build") / "package.yaml"
    compile_pipeline(cluster_pipelines()[request.param], path)
    return next(yaml.load_all(path.read_text(), yaml.CSafeLoader))


def test_only_the_first_task_and_the_last_are_never_cached(package: Any) -> None:
    """What the first finds is the key of all others; the last says in MLflow what came out."""
    dags = [
        one["dag"] for one in (package["root"], *package["components"].values()) if "dag" in one
    ]
    uncached = {
        name
        for dag in dags
        for name, task in dag["tasks"].items()
        if not task["cachingOptions"].get("enableCache", False)
    }
    assert uncached in ({"resolve-config", "report"}, {"resolve-config", "report-evaluation"})
    # An artifact of a task that always runs would be another one for KFP each time.
    assert "artifacts" not in package["components"]["comp-resolve-config"]["outputDefinitions"]
    following = {
        task
        for dag in dags
        for one in dag["tasks"].values()
        for task in one.get("dependentTasks", ())
    }
    assert not following & {"report", "report-evaluation"}


def test_no_other_task_is_given_an_address_as_the_user_wrote_it(package: Any) -> None:
    inputs = {
        name: task.get("inputs", {}).get("parameters", {})
        for name, task in package["root"]["dag"]["tasks"].items()
    }
    given = {
        (name, source["componentInputParameter"])
        for name, parameters in inputs.items()
        for source in parameters.values()
        if "componentInputParameter" in source
    }
    addresses = {(name, address) for name, address in given if address in ADDRESSES}
    assert {name for name, _ in addresses} == {"resolve-config"}
    resolved = {
        source["taskOutputParameter"]["outputParameterKey"]
        for parameters in inputs.values()
        for source in parameters.values()
        if source.get("taskOutputParameter", {}).get("producerTask") == "resolve-config"
    }
    assert {address for _, address in addresses} <= resolved


@pytest.mark.parametrize("wiring", PIPELINES.values(), ids=PIPELINES)
def test_every_task_goes_by_the_period_of_its_run_or_by_an_artifact_that_does(wiring: Any) -> None:
    dated: set[Path] = set()
    for task in record(wiring)[0]:
        outputs = {task.values[port.name] for port in task.declaration.outputs}
        values = [task.values[port.name] for port in task.declaration.inputs]
        assert Parameter("cache_epoch") in values or dated & {
            value for value in values if isinstance(value, Path)
        }, task.name
        dated |= outputs
