"""Compile the pipelines to the files that KFP takes, and check these as far as that goes without a cluster.

`python -m pipelines.compile [FOLDER]`
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format  # type: ignore[import-untyped]  # protobuf ships no stubs.
from kfp import compiler
from kfp.pipeline_spec import pipeline_spec_pb2 as spec

from pass_ops.errors import ConfigError, PassError
from pass_ops.storage.atomic import atomic_path

FOLDER = Path("build")


def compile_pipeline(pipeline: Any, package: Path) -> None:
    """Compile `pipeline`, a function under `dsl.pipeline`, to the YAML file `package`, and check it.

    Raises:
        ConfigError: what the compiler wrote is not a valid package.
    """
    with atomic_path(package) as partial:
        compiler.Compiler().compile(pipeline, str(partial))
        check_package(partial)


def check_package(package: Path) -> None:
    """Check that `package` holds a PipelineSpec (and a PlatformSpec, if any) without unknown fields, that every task
    refers to a component and every component to an executor, and that none of these is left over.

    Raises:
        ConfigError: it does not; names the field or the reference.
    """
    documents = list(yaml.safe_load_all(package.read_text()))
    try:
        pipeline = json_format.ParseDict(documents[0], spec.PipelineSpec())
        json_format.ParseDict(documents[0]["deploymentSpec"], spec.PipelineDeploymentConfig())
        for document in documents[1:]:
            json_format.ParseDict(document, spec.PlatformSpec())
    except json_format.ParseError as error:
        raise ConfigError(f"{package}: not a valid KFP package: {error}") from error
    components = {"root": pipeline.root, **pipeline.components}
    executors = set(documents[0]["deploymentSpec"]["executors"])
    used = {component.executor_label for component in components.values() if component.executor_label}
    referred = {task.component_ref.name for component in components.values() for task in component.dag.tasks.values()}
    dangling = sorted(used ^ executors) + sorted(referred ^ set(pipeline.components))
    if dangling:
        raise ConfigError(f"{package}: dangling references in the KFP package: {', '.join(dangling)}")


def main(folder: Path = FOLDER) -> None:
    """Compile the training and the evaluation pipeline into `folder`."""
    from pipelines.evaluate_model import evaluation_pipeline
    from pipelines.training import training_pipeline

    for pipeline, name in ((training_pipeline, "pass_training.yaml"), (evaluation_pipeline, "pass_evaluation.yaml")):
        compile_pipeline(pipeline, folder / name)
        print(f"{folder / name} is compiled: upload it in the KFP UI, or create a run from it with kfp.Client")


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:]))
    except PassError as problem:
        sys.exit(f"error: {problem}")
