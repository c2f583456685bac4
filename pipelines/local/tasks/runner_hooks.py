"""Hooks into KFP's local runner, for as long as a block lasts.

The runner of KFP 2.17.0 goes through the tasks of a pipeline one after another, tells nobody which
it is at, and its exception holds the name of a failed task but not the reason. Each function that
is replaced here is called by its module's name for it (kfp/local/orchestrator, task_dispatcher.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kfp.dsl import Artifact
from kfp.local import logging_utils, subprocess_task_handler
from kfp.local.orchestrator import dag_orchestrator, enhanced_dag_orchestrator, task_executor
from kfp.local.orchestrator.orchestrator_utils import OrchestratorUtils
from kfp.local.status import Status

from components.base import TRAIN_IMAGE
from pass_ops.engine.events import EVENTS
from pass_ops.engine.gpu import gpu_count
from pipelines.local.tasks.side_by_side import SideBySide
from pipelines.local.tasks.stage_metrics import ExecutedTask
from pipelines.local.tasks.task_log import TaskLog
from pipelines.servers.environment import environment_variables


@contextmanager
def tasks_told(log: TaskLog, outputs: Path) -> Iterator[None]:
    """Let `log` know of every task as it begins and ends.

    Args:
        log: of the run.
        outputs: folder of what the run's tasks write.
    """
    execute = task_executor.execute_single_task

    def _told(*, task_spec: Any, executors: Mapping[str, Any], **others: Any) -> Any:
        name = task_spec.component_ref.name.removeprefix("comp-")
        image = _image(task_spec=task_spec, executors=executors, components=others["components"])
        log.begin(name, computes=image == TRAIN_IMAGE)
        made, status = None, Status.FAILURE
        try:
            made, status = execute(task_spec=task_spec, executors=executors, **others)
        finally:
            log.end(_task(name, made, outputs) if status == Status.SUCCESS else None)
        return made, status

    with ExitStack() as stack:
        for module, name, replacement in (
            (task_executor, "execute_single_task", _told),
            # They replace what the whole process prints by, each time for a single task.
            (logging_utils, "local_logger_context", nullcontext),
            (logging_utils, "indented_print", nullcontext),
        ):
            stack.enter_context(patch.object(module, name, replacement))
        stack.enter_context(environment_variables({EVENTS: "1"}))
        yield


@contextmanager
def tasks_side_by_side(tasks: SideBySide, niceness: Mapping[str, int]) -> Iterator[None]:
    """Let independent tasks run at the same time.

    Args:
        tasks: those of the run.
        niceness: of those that do not belong to a sub-pipeline, by name.
    """
    has_gpu = gpu_count() > 0
    execute, collect = enhanced_dag_orchestrator.execute_task, OrchestratorUtils.get_dag_outputs
    single = task_executor.execute_single_task

    def _start(
        *, task_name: str, task_spec: Any, io_store: Any, **others: Any
    ) -> tuple[dict[str, Any], Status]:
        def work() -> None:
            made, status = execute(
                task_name=task_name, task_spec=task_spec, io_store=io_store, **others
            )
            if status != Status.SUCCESS:
                raise RuntimeError(f"task {task_name} failed")
            for key, value in made.items():
                io_store.put_task_output(task_name, key, value)

        tasks.start(
            group=io_store,
            name=task_name,
            after=list(task_spec.dependent_tasks),
            niceness=niceness.get(task_name, 0),
            work=work,
        )
        return {}, Status.SUCCESS

    def _in_turn(*, task_spec: Any, executors: Mapping[str, Any], **others: Any) -> Any:
        image = _image(task_spec=task_spec, executors=executors, components=others["components"])
        computes = image == TRAIN_IMAGE and not _without_network(task_spec, others)
        with tasks.turn(gpu=has_gpu and computes):
            return single(task_spec=task_spec, executors=executors, **others)

    def _outputs_of(dag_outputs_spec: Any, io_store: Any) -> Any:
        tasks.wait(io_store)
        return collect(dag_outputs_spec=dag_outputs_spec, io_store=io_store)

    with (
        # Without sub-pipelines KFP goes another way, which ends in the same.
        patch.object(dag_orchestrator, "run_dag", enhanced_dag_orchestrator.run_enhanced_dag),
        patch.object(enhanced_dag_orchestrator, "execute_task", _start),
        patch.object(task_executor, "execute_single_task", _in_turn),
        patch.object(OrchestratorUtils, "get_dag_outputs", _outputs_of),
        patch.object(subprocess_task_handler, "run_local_subprocess", tasks.run_process),
    ):
        yield


def _image(*, task_spec: Any, executors: Mapping[str, Any], components: Mapping[str, Any]) -> str:
    """The image of a task's container.

    Args:
        task_spec: of the task.
        executors, components: of the package.
    """
    component = components[task_spec.component_ref.name]
    return str(executors[component.executor_label].container.image)


def _without_network(task_spec: Any, others: Mapping[str, Any]) -> bool:
    """Whether a task makes masks without weights, by classical image processing.

    Args:
        task_spec: of the task.
        others: of `execute_single_task`.
    """
    arguments = OrchestratorUtils.make_task_arguments(
        task_inputs_spec=task_spec.inputs, io_store=others["io_store"]
    )
    return arguments.get("mask_weights") == ""


def _task(name: str, made: Mapping[str, Any] | None, outputs: Path) -> ExecutedTask:
    """A task that has ended well.

    Args:
        name: the runner's.
        made: its outputs by name.
        outputs: folder of what the run's tasks write; the runner copies nothing of a cached task.
    """
    artifacts = {key: value for key, value in (made or {}).items() if isinstance(value, Artifact)}
    paths = {key: Path(value.path).resolve() for key, value in artifacts.items()}
    cached = any(not path.is_relative_to(outputs.resolve()) for path in paths.values())
    metrics = paths.get("metrics")
    there = metrics if metrics is not None and metrics.is_file() else None
    return ExecutedTask(name=name, metrics=there, cached=cached)
