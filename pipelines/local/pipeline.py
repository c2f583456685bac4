"""Running a compiled pipeline on this machine with KFP's own local runners.

Each stage is a process or a container of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from kfp import components, local

from pass_ops.engine.kernels.home import kernel_home
from pass_ops.errors import PassError
from pass_ops.evaluation.report.result import Stage
from pipelines.local.runner_context import (
    checkpoints_shared,
    children_ended,
    output_to,
    own_scratch,
)
from pipelines.local.tasks.kernel_reports import kernels_reported
from pipelines.local.tasks.runner_hooks import tasks_side_by_side, tasks_told
from pipelines.local.tasks.side_by_side import SideBySide, width
from pipelines.local.tasks.stage_metrics import stage_metrics
from pipelines.local.tasks.started import Start, start_process
from pipelines.local.tasks.task_log import TaskLog
from pipelines.local.tasks.urgency import niceness
from pipelines.local.verified_cache import VerifiedCache, runner_cache
from pipelines.packages.documents import documents_of

# Makes KFP's runner for a run, given `state` and the folder of the run's outputs.
OpenRunner = Callable[[Path, Path], AbstractContextManager[Any]]


class StageFailedError(PassError):
    """A stage of the pipeline failed."""


def process_runner(_state: Path, _outputs: Path) -> AbstractContextManager[local.SubprocessRunner]:
    """A runner that starts each stage as a process of this Python.

    Args:
        _state, _outputs: of no use here; see `OpenRunner`.
    """
    # With `use_venv`, KFP's default, each stage would get an environment without our packages.
    return nullcontext(local.SubprocessRunner(use_venv=False))


def run_package(
    *,
    package: Path,
    arguments: Mapping[str, Any],
    state: Path,
    sources: Iterable[Path],
    cache: bool,
    log: TaskLog,
    open_runner: OpenRunner = process_runner,
    start: Start = start_process,
) -> tuple[dict[str, Any], tuple[Stage, ...]]:
    """Run a compiled pipeline; return its outputs, KFP artifacts by name, and its stages' metrics.

    Args:
        package: the compiled pipeline, in the folder of the run, whose name the stages' outputs are
            filed under.
        arguments: values of the pipeline's parameters.
        state: folder that keeps the stages' outputs, and the cache that lets a later run find them.
        sources: folders and files whose content decides what the stages compute.
        cache: whether finished stages with the same inputs are taken from the cache, and trainings
            go on from the checkpoints of earlier runs.
        log: gets everything that the runner and the stages print.
        open_runner: what runs the stages.
        start: what starts them where that is `process_runner`.

    Raises:
        StageFailedError: names the stage, its error and the log.
    """
    outputs, entries = state / "stages" / package.parent.name, state / "cache"
    with (
        checkpoints_shared(state) if cache else nullcontext(),
        runner_cache(VerifiedCache(entries, sources, log.say) if cache else None),
        output_to(log),
        own_scratch(),
        tasks_told(log, outputs),
        # Containers are not ended with this process: they run one after another.
        _processes(start, package) if open_runner is process_runner else nullcontext(),
        kernels_reported(log, kernel_home(os.environ)),
        open_runner(state, outputs) as runner,
    ):
        local.init(runner, pipeline_root=str(outputs))
        try:
            task = components.load_component_from_file(str(package))(**arguments)
        except RuntimeError as error:
            # KFP's error holds the name of the task and not what went wrong: the log has it.
            if log.failure is None:
                raise
            raise StageFailedError(
                f"stage {log.failure.stage} failed: {log.failure.cause} (log: {log.path})"
            ) from error
    return dict(task.outputs), stage_metrics(log.tasks)


@contextmanager
def _processes(start: Start, package: Path) -> Iterator[None]:
    """Let stages run side by side while the block lasts, as processes that end with it.

    Args:
        start: starts them.
        package: the compiled pipeline.
    """
    spec, _ = documents_of(package)
    stages = spec["root"]["dag"]["tasks"]
    nice = niceness({name: stage.get("dependentTasks", ()) for name, stage in stages.items()})
    with (
        SideBySide(width(), start) as tasks,
        children_ended(),
        tasks.stopped(),
        tasks_side_by_side(tasks, nice),
    ):
        yield


def stage_names(package: Path) -> dict[str, str]:
    """The stages of a compiled pipeline, those of nested pipelines included.

    Returns:
        what KFP's local runner calls each, by component, and the name that the KFP UI shows, with
        the use of the nested pipeline (round-1) where that hands it on.
    """
    spec, _ = documents_of(package)
    names: dict[str, str] = {}

    def visit(component: Mapping[str, Any], use: str) -> None:
        for task in component["dag"]["tasks"].values():
            reference = task["componentRef"]["name"]
            name = task.get("inputs", {}).get("parameters", {}).get("name", {})
            if "dag" in spec["components"][reference]:
                given = name.get("runtimeValue", {}).get("constant", "")
                visit(spec["components"][reference], given.replace("_", "-"))
            else:
                shown = task["taskInfo"]["name"]
                handed_on = use and "componentInputParameter" in name
                names[reference.removeprefix("comp-")] = f"{shown}-{use}" if handed_on else shown

    visit(spec["root"], "")
    return names
