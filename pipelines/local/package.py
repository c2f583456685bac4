"""The compiled pipeline as a run on this machine needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import NEW_FILE
from pipelines.compile import check_package, compile_pipeline


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
        spec, *_ = yaml.safe_load_all(partial.read_text())
        # Of all placement, this is what the local runner of KFP 2.17.0 obeys: a stage that fails
        # on this machine would fail again, and the user would wait for it.
        for component in (spec["root"], *spec["components"].values()):
            for task in component.get("dag", {}).get("tasks", {}).values():
                task.pop("retryPolicy", None)
        partial.write_text(yaml.safe_dump(spec, sort_keys=False))
        check_package(partial)
