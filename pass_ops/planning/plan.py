"""The plan of a training run: hours, money, storage and requests of every stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

from pass_ops.data.shards import SHARD_BYTES
from pass_ops.graph.loops import Loop, loop_of
from pass_ops.graph.recorder import Task, training_tasks
from pass_ops.planning import costs
from pass_ops.planning.scope import Scope
from pass_ops.planning.storage import artifacts_of
from pass_ops.planning.work import Work, shared_work_of, work_of
from pass_ops.stages.declaration import StageClass

HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Node:
    """What a task has to itself.

    Attributes:
        gpus: of a training, which shares its batches among them; taken to be as fast as one times
            their number. Every other task has one, or none. 0 is not planned for.
        cores: CPUs with each GPU, and of a task without one.
        price: of a GPU with its CPUs, an hour, in any currency; a task without a GPU is charged as
            much.
    """

    gpus: int = 1
    cores: int = 16
    price: float = 0.0

    def gpus_of(self, stage_class: StageClass) -> int:
        """GPUs of a task, as a run's placement gives them (docs/placement.md)."""
        return {"train": self.gpus, "infer": 1, "post": 0}[stage_class]


@dataclass(frozen=True, kw_only=True)
class PlannedTask:
    """What a task takes, or each of several that share its work.

    Attributes:
        name: of the task; of its shares with ` shards`.
        stage: its stage's name.
        stage_class: of its stage.
        images: that all of them work on.
        pods: that share the work; 1 for the task itself.
        gpus: of each pod.
        hours: of each pod.
        bound: what it waits for: GPU, cores, or its start.
        end: hours from the beginning of the run, if every task begins as soon as it can.
        bytes_out: of its outputs; 0 of shares, whose pieces do not outlast the task.
        requests: objects that all read and write, pieces of shares apart.
        measured: whether every cost that counts was measured.
    """

    name: str
    stage: str
    stage_class: StageClass
    images: int
    pods: int
    gpus: int
    hours: float
    bound: str
    end: float
    bytes_out: float
    requests: int
    measured: bool

    @property
    def paid_hours(self) -> float:
        """Of GPUs with their CPUs; a pod without a GPU counts as one."""
        return self.pods * max(1, self.gpus) * self.hours


@dataclass(frozen=True)
class Plan:
    """What a run takes.

    Attributes:
        tasks: in an order in which they can run.
        node: what they have.
    """

    tasks: tuple[PlannedTask, ...]
    node: Node

    @property
    def hours(self) -> float:
        """From the first task's start to the last one's end, if nothing waits for a node."""
        return max(task.end for task in self.tasks)

    @property
    def paid_hours(self) -> float:
        """Of GPUs with their CPUs, by all tasks."""
        return sum(task.paid_hours for task in self.tasks)


def plan(scope: Scope, node: Node, loops: Mapping[str, Loop] = {}) -> Plan:
    """Plan a run of the training pipeline.

    Args:
        scope: settings and images.
        node: what each task runs on.
        loops: stages whose work several tasks share, by name.
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
        work = work_of(scope, task)
        gpus = node.gpus_of(task.declaration.stage_class)
        # One process for each GPU of a training, each with so many of its own.
        cores = max(1, gpus) * min(node.cores, scope.processes(task))
        whole = PlannedTask(
            name=task.name,
            stage=task.declaration.name,
            stage_class=task.declaration.stage_class,
            images=scope.images(task),
            pods=1,
            gpus=gpus,
            bytes_out=sum(size for size, _ in outputs.values()),
            requests=read + written,
            **_time(work=work, gpus=gpus, cores=cores, begin=begin),
        )
        if loop := loop_of(task.declaration, task.values, loops):
            share, work = shared_work_of(scope, task, loop.shards)
            shares = replace(
                whole,
                name=f"{task.name} shards",
                pods=loop.shards,
                bytes_out=0.0,
                requests=loop.shards * read,
                **_time(
                    work=share,
                    gpus=gpus,
                    cores=cores,
                    begin=begin,
                    rounds=ceil(loop.shards / loop.at_once),
                ),
            )
            planned.append(shares)
            whole = replace(whole, **_time(work=work, gpus=gpus, cores=cores, begin=shares.end))
        planned.append(whole)
        ends[task.name] = whole.end
        artifacts |= outputs
    return Plan(tuple(planned), node)


def _inputs(task: Task) -> list[str]:
    """Paths of the artifacts that a task reads."""
    return [
        str(task.values[port.name])
        for port in task.declaration.inputs
        if isinstance(task.values[port.name], Path)
    ]


def _time(*, work: Work, gpus: int, cores: float, begin: float, rounds: int = 1) -> dict[str, Any]:
    """Hours of a task, when it ends, what it waits for, and whether that was measured.

    Images are made ready by cores while the GPU works, so that the slower of the two counts.

    Args:
        work: of the task.
        gpus: that it has; a task without has no work for one.
        cores: that work at once.
        begin: hours from the beginning of the run.
        rounds: tasks like it that follow each other.
    """
    parts: Mapping[str, float] = {
        "start": costs.START.seconds,
        "GPU": work.gpu / max(1, gpus),
        "cores": work.cores / cores,
    }
    hours = (costs.START.seconds + max(parts["GPU"], parts["cores"])) / HOUR
    return {
        "hours": hours,
        "end": begin + rounds * hours,
        "bound": max(parts, key=parts.__getitem__),
        "measured": all(cost.measured for cost in work.costs),
    }
