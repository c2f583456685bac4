"""What a loop of the compiled pipeline writes, run by KFP's own local runner, is what the stage
writes alone.

The local runner of KFP 2.17.0 has loops (kfp/local/orchestrator/enhanced_dag_orchestrator.py,
`_run_parallel_for_task`), up to two tasks at a time, which it files under one folder: they run one
after another here. Components that are started by their names, as those of packages for clusters,
it refuses (kfp/local/subprocess_task_handler.py), so that these have their sources.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from kfp import dsl, local
from kfp.local.io import IOStore
from kfp.local.orchestrator.enhanced_dag_orchestrator import run_enhanced_dag
from kfp.local.status import Status
from kfp.pipeline_spec import pipeline_spec_pb2

from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.checkpoints.share import Share
from pass_ops.stages.declaration import DECLARATIONS
from pass_ops.stages.run import use_of
from pass_ops.stages.shards import shards_of
from pipelines.compile import cluster_pipelines, compile_pipeline
from tests.integration.checkpoints.piece_by_piece import OUTPUTS, Undisturbed, content

SHARED = [name for name in OUTPUTS if DECLARATIONS[name].can_be_shared]


def test_all_kinds_of_work_that_can_be_shared_are_run_here() -> None:
    assert {*SHARED} == {name for name, kind in DECLARATIONS.items() if kind.can_be_shared}


@pytest.mark.parametrize(
    "stage",
    [pytest.param(name, marks=[] if name == "apply_crf" else pytest.mark.slow) for name in SHARED],
)
def test_a_loop_writes_what_the_stage_writes_alone(
    *,
    uses: Undisturbed,
    stage: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    uses.run(stage)
    monkeypatch.setenv(PLACE, str(tmp_path / "checkpoints"))
    package = tmp_path / "training.yaml"
    compile_pipeline(cluster_pipelines(f"{stage}=2/1")["training"], package)
    capfd.readouterr()
    folder = run_loop(package, stage, uses.values[stage], tmp_path / "outputs")
    printed = capfd.readouterr().out
    # Two tasks made all pieces, and the stage none.
    assert sorted(path.name for path in tmp_path.glob("checkpoints/**/share-*")) == [
        f"share-{number:04}-of-0002" for number in (1, 2)
    ]
    ((found, of),) = re.findall(r"goes on after (\d+) of (\d+) (?:images|batches|checkp)", printed)
    assert found == of
    for name in OUTPUTS[stage]:
        assert content(folder / name) == content(Path(uses.values[stage][name]))


class Repair(logging.Handler):
    """Takes a file out of the way as soon as KFP says that it tries a task again.

    Args:
        file: in the way.

    Attributes:
        retries: what KFP said.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self.retries: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look for the line of `kfp/local/orchestrator/task_executor.py`."""
        if "Retrying in" in record.getMessage():
            self.retries.append(record.getMessage())
            self._file.unlink()


@pytest.mark.slow
def test_a_share_that_fails_is_tried_again_alone(
    *,
    uses: Undisturbed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    uses.run("apply_crf")
    values = {"share": "", **uses.values["apply_crf"]}
    monkeypatch.setenv(PLACE, str(tmp_path / "checkpoints"))
    with shards_of(use_of(DECLARATIONS["apply_crf"], values), tmp_path / "maps") as shards:
        prefix = tmp_path / "checkpoints" / shards.identity.prefix
    prefix.mkdir(parents=True, exist_ok=True)
    # Where the second share would be kept.
    in_the_way = prefix / Share(2, 2).folder
    in_the_way.touch()
    repair = Repair(in_the_way)
    package = tmp_path / "training.yaml"
    compile_pipeline(cluster_pipelines("apply_crf=2/1")["training"], package)
    package.write_text(package.read_text().replace("backoffDuration: 60s", "backoffDuration: 0s"))
    caplog.set_level(logging.INFO)
    logging.getLogger().addHandler(repair)
    try:
        folder = run_loop(package, "apply_crf", values, tmp_path / "outputs")
    finally:
        logging.getLogger().removeHandler(repair)
    assert len(repair.retries) == 1
    assert repair.retries[0].startswith("Task apply-crf-shards-iteration-1 failed (attempt 1/2)")
    printed = capfd.readouterr().out
    assert printed.count('"share": "2/2"') == 2 * printed.count('"share": "1/2"') > 0
    assert content(folder / "crf_maps") == content(Path(values["crf_maps"]))


def run_loop(package: Path, stage: str, values: Mapping[str, Any], outputs: Path) -> Path:
    """Run a stage's loop and the stage after it as a package has them; the folder of what they
    write.

    Args:
        package: a compiled pipeline.
        stage: its name.
        values: of its inputs: artifacts as paths.
        outputs: folder to write.
    """
    document = next(yaml.safe_load_all(package.read_text()))
    spec = json_format.ParseDict(document, pipeline_spec_pb2.PipelineSpec())
    executors = json_format.ParseDict(
        document["deploymentSpec"], pipeline_spec_pb2.PipelineDeploymentConfig()
    ).executors
    loop = f"{stage.replace('_', '-')}-shards"
    box = next(one for one in spec.components.values() if loop in one.dag.tasks)
    others = [
        name
        for name, task in box.dag.tasks.items()
        if name != loop and loop not in task.dependent_tasks
    ]
    for name in others:
        del box.dag.tasks[name]
    for task in box.dag.tasks.values():
        kept = [name for name in task.dependent_tasks if name in box.dag.tasks]
        task.ClearField("dependent_tasks")
        task.dependent_tasks.extend(kept)
    box.dag.ClearField("outputs")
    box.ClearField("input_definitions")
    around = IOStore()
    for task in box.dag.tasks.values():
        for name, source in task.inputs.artifacts.items():
            artifact = dsl.Artifact(name=name, uri=values[name])
            made = source.task_output_artifact
            if made.producer_task:
                around.put_task_output(made.producer_task, made.output_artifact_key, artifact)
            else:
                around.put_parent_input(source.component_input_artifact, artifact)
        for name, given in task.inputs.parameters.items():
            if given.component_input_parameter:
                around.put_parent_input(given.component_input_parameter, values[name])
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=str(outputs))
    _, status = run_enhanced_dag(
        pipeline_resource_name="loop",
        dag_component_spec=box,
        executors=executors,
        components=spec.components,
        dag_arguments={},
        pipeline_root=str(outputs),
        runner=local.SubprocessRunner(use_venv=False),
        unique_pipeline_id="loop",
        fail_stack=[],
        parent_io_store=around,
    )
    assert status == Status.SUCCESS
    (whole,) = (task for name, task in box.dag.tasks.items() if name != loop)
    return outputs / "loop" / whole.component_ref.name.removeprefix("comp-")
