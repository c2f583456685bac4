"""The plan of a training run: hours, money, storage and requests of every stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from pass_ops.data.shards import SHARD_BYTES
from pass_ops.graph.recorder import Task, training_tasks
from pass_ops.planning import costs
from pass_ops.planning.storage import artifacts_of
from pass_ops.planning.work import Scope, work_of
from pass_ops.stages.declaration import StageClass

HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Node:
    """What every task has to itself.

    Attributes:
        gpus: that trainings and inference share their images among; taken to be as fast as one
            times their number. 0 is not planned for.
        cores: CPUs.
        price: of an hour, in any currency.
    """

    gpus: int = 1
    cores: int = 16
    price: float = 0.0


@dataclass(frozen=True, kw_only=True)
class PlannedTask:
    """What a task takes.

    Attributes:
        name: of the task.
        stage: its stage's name.
        stage_class: of its stage.
        images: that it works on.
        hours: on its node.
        bound: what it waits for: GPU, cores, or its start.
        end: hours from the beginning of the run, if every task begins as soon as it can.
        bytes_out: of its outputs.
        requests: objects that it reads and writes.
        measured: whether every cost that counts was measured.
    """

    name: str
    stage: str
    stage_class: StageClass
    images: int
    hours: float
    bound: str
    end: float
    bytes_out: float
    requests: int
    measured: bool


@dataclass(frozen=True)
class Plan:
    """What a run takes.

    Attributes:
        tasks: in an order in which they can run.
        node: that each has.
    """

    tasks: tuple[PlannedTask, ...]
    node: Node

    @property
    def hours(self) -> float:
        """From the first task's start to the last one's end, if nothing waits for a node."""
        return max(task.end for task in self.tasks)

    @property
    def node_hours(self) -> float:
        """Of all tasks, which is what is paid."""
        return sum(task.hours for task in self.tasks)


def plan(scope: Scope, node: Node) -> Plan:
    """Plan a run of the training pipeline.

    Args:
        scope: settings and images.
        node: what each task runs on.
    """
    planned: list[PlannedTask] = []
    ends: dict[str, float] = {}
    artifacts: dict[str, tuple[float, int]] = {}
    for task in training_tasks().values():
        inputs = _inputs(task)
        begin = max((ends[Path(one).parts[0]] for one in inputs), default=0.0)
        outputs = artifacts_of(scope, task)
        read = sum(artifacts[one][1] for one in inputs)
        if task.name == "validate_data":
            read = ceil(sum(scope.counts.values()) * costs.IMAGE_BYTES / SHARD_BYTES)
        written = sum(objects for _, objects in outputs.values())
        seconds, bound, measured = _seconds(scope, task, node)
        ends[task.name] = begin + seconds / HOUR
        artifacts |= outputs
        planned.append(
            PlannedTask(
                name=task.name,
                stage=task.declaration.name,
                stage_class=task.declaration.stage_class,
                images=scope.images(task),
                hours=seconds / HOUR,
                bound=bound,
                end=ends[task.name],
                bytes_out=sum(size for size, _ in outputs.values()),
                requests=read + written,
                measured=measured,
            )
        )
    return Plan(tuple(planned), node)


def _inputs(task: Task) -> list[str]:
    """Paths of the artifacts that a task reads."""
    return [
        str(task.values[port.name])
        for port in task.declaration.inputs
        if isinstance(task.values[port.name], Path)
    ]


def _seconds(scope: Scope, task: Task, node: Node) -> tuple[float, str, bool]:
    """How long a task takes, what for, and whether that was measured.

    Images are made ready by cores while the GPU works, so that the slower of the two counts.

    Args:
        scope, node: see `plan`.
        task: of the graph.
    """
    work = work_of(scope, task)
    parts: Mapping[str, float] = {
        "start": costs.START.seconds,
        "GPU": work.gpu / node.gpus,
        "cores": work.cores / node.cores,
    }
    bound = max(parts, key=parts.__getitem__)
    seconds = costs.START.seconds + max(parts["GPU"], parts["cores"])
    return seconds, bound, all(cost.measured for cost in work.costs)
