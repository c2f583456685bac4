"""The compiled pipeline as a run on this machine needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from components.placement import resolved_fields
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import NEW_FILE
from pipelines.compile import check_package, compile_pipeline
from pipelines.packages.documents import documents_of
from pipelines.steps.sharding import Sharding


def local_training() -> Any:
    """The training pipeline without boxes and placement.

    What follows a box would wait for all that is in it: the threshold search, for two classifiers.
    """
    from pipelines.training import training_with

    return training_with(Sharding("", resolved_fields({})), {})


def compile_local(pipeline: Any, package: Path) -> None:
    """Compile a pipeline for this machine: without retries.

    Args:
        pipeline: a function under `dsl.pipeline`.
        package: YAML file to write.

    Raises:
        ConfigError: what the compiler wrote is not a valid package.
    """
    with atomic_path(package, NEW_FILE) as partial:
        compile_pipeline(pipeline, partial)
        spec, _ = documents_of(partial)
        # Of all placement, this is what the local runner of KFP 2.17.0 obeys: a stage that fails
        # on this machine would fail again, and the user would wait for it.
        for component in (spec["root"], *spec["components"].values()):
            for task in component.get("dag", {}).get("tasks", {}).values():
                task.pop("retryPolicy", None)
        partial.write_text(yaml.dump(spec, Dumper=yaml.CSafeDumper, sort_keys=False))
        check_package(partial)
